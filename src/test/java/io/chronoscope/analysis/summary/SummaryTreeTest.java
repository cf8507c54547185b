package io.chronoscope.analysis.summary;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.chronoscope.analysis.StreamState.Summaries;
import io.chronoscope.analysis.summary.Summarizer.Part;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Sampling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SummaryTreeTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final long STRIDE = 20_000_000;
  private static final long LENGTH = 25_000_000;

  /// How often the summarizer was called.
  private int asked;

  private SummaryTree tree = tree(Summaries.NONE);

  private SummaryTree tree(Summaries state) {
    return tree(Duration.ofMillis(STRIDE / 1000), state);
  }

  private SummaryTree tree(Duration stride, Summaries state) {
    return new SummaryTree(
        new SummaryFactory("cam", NOON, new ModelRef("fake", "1")), this::summarize, stride, state);
  }

  private String summarize(List<Part> parts) {
    asked++;
    return parts.stream().map(Part::text).toList().toString();
  }

  /// Adds a window and completes it. Three windows begin in each minute.
  private List<Summary> window(long number, String text) {
    long begins = number * STRIDE;
    List<Summary> published = new ArrayList<>();
    tree.add(
            new SummaryTree.Window(
                number,
                begins,
                begins,
                begins + LENGTH,
                text,
                new Sampling(50, 2 - number % 2, "target", 100, 112, 84, number, 0),
                List.of("evt-" + number)))
        .ifPresent(published::add);
    published.addAll(tree.advanceTo(begins + STRIDE));
    return published;
  }

  private List<Summary> windows(long from, long until) {
    List<Summary> published = new ArrayList<>();
    for (long number = from; number < until; number++) {
      published.addAll(window(number, "w" + number));
    }
    return published;
  }

  private static List<Summary> at(Level level, List<Summary> published) {
    return published.stream().filter(summary -> summary.level() == level).toList();
  }

  private static List<String> describe(List<Summary> published) {
    return published.stream()
        .map(s ->
            "%s r%d %d-%d %s"
                .formatted(
                    s.level(),
                    s.revision(),
                    s.startOffsetMs() / 1000,
                    s.endOffsetMs() / 1000,
                    s.text()))
        .toList();
  }

  /// A gap of fifteen seconds that is repaired.
  private static SummaryTree.Window gap(long second) {
    long from = second * 1_000_000;
    return new SummaryTree.Window(
        SummaryFactory.repairNumber(from),
        from,
        from,
        from + 15_000_000,
        "late " + second,
        new Sampling(30, 2, "target", 100, 112, 84),
        List.of());
  }

  private static List<String> levels(List<Summary> published) {
    return published.stream().map(s -> s.level() + " r" + s.revision()).toList();
  }

  /// Four hours with gaps, repairs and idle periods.
  ///
  /// @param restoreEvery restores the tree from its state after one window in so many, at random; 0
  ///   never does
  private List<Summary> fourHours(Random random, int restoreEvery) {
    Random restores = new Random(1);
    List<Summary> published = new ArrayList<>();
    // A gap is repaired once: then it is no gap any more.
    Set<Long> repaired = new HashSet<>();
    for (long number = 0; number < 720; number++) {
      if (random.nextInt(10) > 0) {
        published.addAll(windows(number, number + 1));
      }
      if (random.nextInt(20) == 0) {
        long second = random.nextLong(number * 20 + 1);
        if (repaired.add(second)) {
          published.addAll(tree.repair(List.of(gap(second))));
        }
      }
      if (random.nextInt(50) == 0) {
        published.addAll(tree.flush((number + 1) * STRIDE));
      }
      if (restoreEvery > 0 && restores.nextInt(restoreEvery) == 0) {
        tree = tree(tree.state());
      }
    }
    published.addAll(tree.flush(720 * STRIDE));
    Map<String, Integer> revisions = new HashMap<>();
    published.forEach(
        s -> assertThat(revisions.merge(s.id(), 1, Integer::sum)).isEqualTo(s.revision()));
    return published;
  }

  @Nested
  class Levels {

    @Test
    void summarizesAMinuteOnceAllWindowsThatBeginInItAreComplete() {
      List<Summary> published = windows(0, 3);
      assertThat(describe(published))
          .containsExactly(
              "WINDOW r1 0-25 w0",
              "WINDOW r1 20-45 w1",
              "WINDOW r1 40-65 w2",
              "MINUTE r1 0-65 [w0, w1, w2]");
      Summary minute = published.getLast();
      assertThat(minute.restsOn())
          .isEqualTo(at(Level.WINDOW, published).stream().map(Summary::id).toList());
      assertThat(minute.sampling())
          .isEqualTo(new Sampling(150, 1, "lowest of 3 parts", 300, 112, 84, 2, 0));
      assertThat(asked).isEqualTo(1);
    }

    @Test
    void summarizesAnHourOnceItsMinutesAreComplete() {
      List<Summary> published = windows(0, 180);
      List<Summary> minutes = at(Level.MINUTE, published);
      assertThat(minutes).hasSize(60);
      Summary hour = at(Level.HOUR, published).getFirst();
      assertThat(hour).isEqualTo(published.getLast());
      assertThat(hour.restsOn()).isEqualTo(minutes.stream().map(Summary::id).toList());
      assertThat(asked).isEqualTo(61);
    }

    @Test
    void usesASinglePartAsItIs() {
      windows(0, 1);
      assertThat(describe(tree.flush(25_000_000))).containsExactly("STREAM r1 0-25 w0");
      assertThat(asked).isZero();
    }

    @Test
    void usesALongWindowThatIsAloneInItsMinuteInFull() {
      String words = "Somebody walks through the gate and looks around. ".repeat(40).strip();
      tree = tree(Duration.ofSeconds(50), Summaries.NONE);
      window(0, words);
      assertThat(tree.advanceTo(60_000_000).getFirst().text()).isEqualTo(words);
    }
  }

  @Nested
  class WholeStream {

    @Test
    void basesAShortStreamOnItsWindows() {
      List<Summary> published = windows(0, 2);
      Summary whole = tree.flush(45_000_000).getFirst();
      assertThat(whole.level()).isEqualTo(Level.STREAM);
      assertThat(whole.restsOn()).isEqualTo(published.stream().map(Summary::id).toList());
      assertThat(whole.endOffsetMs()).isEqualTo(45_000);
      assertThat(asked).isEqualTo(1);
    }

    @Test
    void basesASingleMinuteStreamOnItsWindows() {
      windows(0, 3);
      Summary whole = tree.flush(60_000_000).getLast();
      assertThat(whole.restsOn()).hasSize(3);
      assertThat(whole.text()).isEqualTo("[w0, w1, w2]");
    }

    @Test
    void summarizesIncompleteMinutesAndHoursAtTheEnd() {
      windows(0, 184);
      asked = 0;
      List<Summary> published = tree.flush(3_685_000_000L);
      assertThat(published)
          .extracting(Summary::level)
          .containsExactly(Level.MINUTE, Level.HOUR, Level.STREAM);
      assertThat(published.getLast().restsOn()).hasSize(2).contains(published.get(1).id());
      // The last minute is based on a single window, the last hour on two minutes, the whole on
      // two hours.
      assertThat(asked).isEqualTo(2);
    }

    @Test
    void summarizesSeventeenHoursOnce() {
      windows(0, 16 * 180 + 30);
      long length = (16 * 180 + 30) * STRIDE;
      Summary whole = tree.flush(length).getLast();
      assertThat(whole.level()).isEqualTo(Level.STREAM);
      assertThat(whole.restsOn()).hasSize(17);
      assertThat(tree.flush(length)).isEmpty();
    }
  }

  @Nested
  class Revisions {

    @Test
    void neitherAsksNorPublishesWhenNothingHasChanged() {
      windows(0, 10);
      tree.flush(205_000_000);
      asked = 0;
      assertThat(window(9, "w9")).isEmpty();
      assertThat(tree.advanceTo(200_000_000)).isEmpty();
      assertThat(tree.flush(205_000_000)).isEmpty();
      assertThat(asked).isZero();
    }

    @Test
    void revisesOnlyTheLastMinuteAndTheLevelsAboveAfterAnIdlePeriod() {
      windows(0, 185);
      tree.flush(3_700_000_000L);
      asked = 0;
      List<Summary> published = windows(185, 186);
      published.addAll(tree.flush(3_725_000_000L));
      assertThat(published)
          .extracting(s -> s.level() + " r" + s.revision())
          .containsExactly("WINDOW r1", "MINUTE r2", "HOUR r2", "STREAM r2");
      // The hour is based on two minutes now.
      assertThat(asked).isEqualTo(3);
    }

    @Test
    void revisesTheLevelsAboveAChangedWindow() {
      windows(0, 181);
      asked = 0;
      List<Summary> published = window(178, "repaired");
      assertThat(published)
          .extracting(s -> s.level() + " r" + s.revision())
          .containsExactly("WINDOW r2", "MINUTE r2", "HOUR r2");
      assertThat(published.get(1).text()).isEqualTo("[w177, repaired, w179]");
      assertThat(asked).isEqualTo(2);
    }

    @Test
    void ignoresAWindowThatIsTooOldToChange() {
      windows(0, 12);
      assertThat(window(8, "too late")).isEmpty();
      assertThat(window(9, "in time")).hasSize(2);
    }
  }

  @Nested
  class Repairs {

    @Test
    void addsARepairedGapToItsMinute() {
      windows(0, 1);
      windows(2, 4);
      List<Summary> published = tree.repair(List.of(gap(25)));
      assertThat(describe(published))
          .containsExactly("WINDOW r1 25-40 late 25", "MINUTE r2 0-65 [w0, late 25, w2]");
      assertThat(published.getLast().restsOn().get(1)).isEqualTo(published.getFirst().id());
    }

    @Test
    void extendsAMinuteWhoseWindowsAreNotRetained() {
      List<Summary> before = windows(0, 40);
      asked = 0;
      List<Summary> published = tree.repair(List.of(gap(130), gap(150)));
      assertThat(describe(published))
          .containsExactly(
              "WINDOW r1 130-145 late 130",
              "WINDOW r1 150-165 late 150",
              "MINUTE r2 120-185 [[w6, w7, w8], late 130, late 150]");
      assertThat(asked).isEqualTo(1);
      List<String> restsOn =
          new ArrayList<>(
              at(Level.WINDOW, before).stream().map(Summary::id).toList().subList(6, 9));
      restsOn.add(published.get(0).id());
      restsOn.add(published.get(1).id());
      assertThat(published.getLast().restsOn()).isEqualTo(restsOn);
      assertThat(at(Level.HOUR, windows(40, 180)).getFirst().text())
          .contains("[[w6, w7, w8], late 130, late 150], [w9, w10, w11]");
    }

    @Test
    void summarizesAMinuteThatWasMissedEntirely() {
      windows(0, 6);
      windows(12, 20);
      List<Summary> published = tree.repair(List.of(gap(130)));
      assertThat(describe(published))
          .containsExactly("WINDOW r1 130-145 late 130", "MINUTE r1 130-145 late 130");
      assertThat(published.getLast().restsOn()).containsExactly(published.getFirst().id());
    }

    @Test
    void revisesOnlyTheMinuteTheHourAndTheWholeOfARepairedGap() {
      windows(0, 300);
      tree.flush(6_005_000_000L);
      asked = 0;
      List<Summary> published = new ArrayList<>(tree.repair(List.of(gap(70))));
      published.addAll(tree.flush(6_005_000_000L));
      assertThat(levels(published))
          .containsExactly("WINDOW r1", "MINUTE r2", "HOUR r2", "STREAM r2");
      assertThat(published.get(1).startOffsetMs()).isEqualTo(60_000);
      assertThat(published.get(2).text())
          .contains("[w0, w1, w2], [[w3, w4, w5], late 70], [w6, w7, w8]");
      assertThat(published.get(3).text()).contains("[[w3, w4, w5], late 70]");
      assertThat(asked).isEqualTo(3);
    }

    @Test
    void extendsAnHourWhoseMinutesAreNotRetained() {
      List<Summary> before = windows(0, 600);
      before.addAll(tree.flush(12_005_000_000L));
      List<Summary> published = new ArrayList<>(tree.repair(List.of(gap(600))));
      published.addAll(tree.flush(12_005_000_000L));
      assertThat(levels(published)).containsExactly("WINDOW r1", "HOUR r2", "STREAM r2");
      List<String> restsOn =
          new ArrayList<>(
              at(Level.MINUTE, before).stream().map(Summary::id).toList().subList(0, 60));
      restsOn.add(published.getFirst().id());
      assertThat(published.get(1).restsOn()).isEqualTo(restsOn);
      assertThat(published.get(2).restsOn())
          .isEqualTo(
              before.stream().filter(s -> s.level() == Level.STREAM).toList().getLast().restsOn());
    }

    @Test
    void extendsTheFoldedHours() {
      windows(0, 20 * 180);
      long length = 20 * RetainedSummaries.HOUR_MICROS;
      tree.flush(length);
      List<Summary> published = new ArrayList<>(tree.repair(List.of(gap(600))));
      published.addAll(tree.flush(length));
      assertThat(levels(published)).containsExactly("WINDOW r1", "STREAM r2");
      assertThat(published.getLast().restsOn()).hasSize(21).contains(published.getFirst().id());
    }

    @Test
    void ignoresAGapThatIsAlreadyRepaired() {
      for (long hours : List.of(0, 1, 3, 20)) {
        tree = tree(Summaries.NONE);
        windows(0, 30 + hours * 180);
        assertThat(tree.repair(List.of(gap(130)))).isNotEmpty();
        assertThat(tree.repair(List.of(gap(130)))).as("after %d hours", hours).isEmpty();
      }
    }
  }

  @Nested
  class State {

    @Test
    void givesTheSameSummariesWhenRestoredFromItsState() {
      long seed = new Random().nextLong();
      System.out.println("summaries with repairs and idle periods, seed " + seed);
      List<Summary> straight = fourHours(new Random(seed), 0);
      tree = tree(Summaries.NONE);
      assertThat(fourHours(new Random(seed), 5)).as("seed %d", seed).isEqualTo(straight);
    }

    @Test
    void boundsItsState() throws JsonProcessingException {
      JsonMapper json = JsonMapper.builder().addModule(new Jdk8Module()).build();
      tree = tree(Duration.ofSeconds(5), Summaries.NONE);
      String words = "A very long story about somebody. ".repeat(30);
      Map<String, Integer> revisions = new HashMap<>();
      int largest = 0;
      // A stride of 5 s for 33 hours.
      for (long number = 0; number < 24_000; number++) {
        long begins = number * 5_000_000;
        List<Summary> published = new ArrayList<>();
        tree.add(
                new SummaryTree.Window(
                    number,
                    begins,
                    begins,
                    begins + 8_000_000,
                    number + " " + words,
                    new Sampling(16, 2, "target", 100, 112, 84),
                    List.of()))
            .ifPresent(published::add);
        published.addAll(tree.advanceTo(begins + 5_000_000));
        published.forEach(s -> assertThat(revisions.merge(s.id(), 1, Integer::sum)).isEqualTo(1));
        if (number % 239 == 0) {
          largest = Math.max(largest, json.writeValueAsBytes(tree.state()).length);
        }
      }
      assertThat(largest).isLessThan(128 * 1024);
      Summary whole = tree.flush(24_000L * 5_000_000).getLast();
      assertThat(whole.level()).isEqualTo(Level.STREAM);
      assertThat(whole.restsOn()).hasSize(34).doesNotHaveDuplicates();
    }
  }
}
