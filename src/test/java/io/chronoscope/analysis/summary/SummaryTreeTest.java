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
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SummaryTreeTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final long STRIDE = 20_000_000;
  private static final long LENGTH = 25_000_000;

  /// Counts how often it is asked and says how many parts there were.
  private int asked;

  private SummaryTree tree = tree(Summaries.NONE);

  private SummaryTree tree(Summaries state) {
    return new SummaryTree(
        new SummaryFactory("cam", NOON, new ModelRef("fake", "1")),
        this::summarize,
        Duration.ofMillis(STRIDE / 1000),
        state);
  }

  private String summarize(List<Part> parts) {
    asked++;
    return parts.stream().map(Part::text).toList().toString();
  }

  /// Three windows begin in a minute.
  private List<Summary> window(long number, String text) {
    long begins = number * STRIDE;
    List<Summary> told = new ArrayList<>();
    tree.add(
            new SummaryTree.Window(
                number,
                begins,
                begins,
                begins + LENGTH,
                text,
                new Sampling(50, 2 - number % 2, "target", 100, 112, 84, number, 0),
                List.of("evt-" + number)))
        .ifPresent(told::add);
    told.addAll(tree.advanceTo(begins + STRIDE));
    return told;
  }

  private List<Summary> windows(long from, long until) {
    List<Summary> told = new ArrayList<>();
    for (long number = from; number < until; number++) {
      told.addAll(window(number, "w" + number));
    }
    return told;
  }

  private static List<Summary> at(Level level, List<Summary> told) {
    return told.stream().filter(summary -> summary.level() == level).toList();
  }

  private static List<String> said(List<Summary> told) {
    return told.stream()
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

  @Test
  void tellsAMinuteWhenAllWindowsThatBeginInItAreDone() {
    List<Summary> told = windows(0, 3);
    assertThat(said(told))
        .containsExactly(
            "WINDOW r1 0-25 w0",
            "WINDOW r1 20-45 w1",
            "WINDOW r1 40-65 w2",
            "MINUTE r1 0-65 [w0, w1, w2]");
    Summary minute = told.getLast();
    assertThat(minute.restsOn())
        .isEqualTo(at(Level.WINDOW, told).stream().map(Summary::id).toList());
    assertThat(minute.sampling())
        .isEqualTo(new Sampling(150, 1, "lowest of 3 parts", 300, 112, 84, 2, 0));
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void tellsAnHourWhenItsMinutesAre() {
    List<Summary> told = windows(0, 180);
    List<Summary> minutes = at(Level.MINUTE, told);
    assertThat(minutes).hasSize(60);
    Summary hour = at(Level.HOUR, told).getFirst();
    assertThat(hour).isEqualTo(told.getLast());
    assertThat(hour.restsOn()).isEqualTo(minutes.stream().map(Summary::id).toList());
    assertThat(asked).isEqualTo(61);
  }

  @Test
  void restsAShortWholeOnItsWindows() {
    List<Summary> told = windows(0, 2);
    Summary whole = tree.flush(45_000_000).getFirst();
    assertThat(whole.level()).isEqualTo(Level.STREAM);
    assertThat(whole.restsOn()).isEqualTo(told.stream().map(Summary::id).toList());
    assertThat(whole.endOffsetMs()).isEqualTo(45_000);
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void asksNobodyAboutASinglePart() {
    windows(0, 1);
    assertThat(said(tree.flush(25_000_000))).containsExactly("STREAM r1 0-25 w0");
    assertThat(asked).isZero();
  }

  @Test
  void tellsWhatIsNotCompleteAtTheEnd() {
    windows(0, 184);
    asked = 0;
    List<Summary> told = tree.flush(3_685_000_000L);
    assertThat(told)
        .extracting(Summary::level)
        .containsExactly(Level.MINUTE, Level.HOUR, Level.STREAM);
    assertThat(told.getLast().restsOn()).hasSize(2).contains(told.get(1).id());
    // The last minute rests on a single window; the last hour on two minutes, the whole on two
    // hours.
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void saysNothingAndAsksNobodyWhenNothingHasChanged() {
    windows(0, 10);
    tree.flush(205_000_000);
    asked = 0;
    assertThat(window(9, "w9")).isEmpty();
    assertThat(tree.advanceTo(200_000_000)).isEmpty();
    assertThat(tree.flush(205_000_000)).isEmpty();
    assertThat(asked).isZero();
  }

  @Test
  void makesOnlyTheLastMinuteAndWhatIsAboveItAnewAfterARest() {
    windows(0, 185);
    tree.flush(3_700_000_000L);
    asked = 0;
    List<Summary> told = windows(185, 186);
    told.addAll(tree.flush(3_725_000_000L));
    assertThat(told)
        .extracting(s -> s.level() + " r" + s.revision())
        .containsExactly("WINDOW r1", "MINUTE r2", "HOUR r2", "STREAM r2");
    // The hour rests on two minutes now.
    assertThat(asked).isEqualTo(3);
  }

  @Test
  void makesAnewWhatRestsOnARepairedWindow() {
    windows(0, 181);
    asked = 0;
    List<Summary> told = window(178, "repaired");
    assertThat(told)
        .extracting(s -> s.level() + " r" + s.revision())
        .containsExactly("WINDOW r2", "MINUTE r2", "HOUR r2");
    assertThat(told.get(1).text()).isEqualTo("[w177, repaired, w179]");
    assertThat(asked).isEqualTo(2);
  }

  /// Fifteen seconds that were missed, and are seen now.
  private static SummaryTree.Window look(long second) {
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

  private static List<String> levels(List<Summary> told) {
    return told.stream().map(s -> s.level() + " r" + s.revision()).toList();
  }

  @Test
  void takesALookAtWhatWasMissedIntoItsMinute() {
    windows(0, 1);
    windows(2, 4);
    List<Summary> told = tree.repair(List.of(look(25)));
    assertThat(said(told))
        .containsExactly("WINDOW r1 25-40 late 25", "MINUTE r2 0-65 [w0, late 25, w2]");
    assertThat(told.getLast().restsOn().get(1)).isEqualTo(told.getFirst().id());
  }

  @Test
  void tellsAMinuteAgainFromWhatItToldWhenItsWindowsAreForgotten() {
    List<Summary> before = windows(0, 40);
    asked = 0;
    List<Summary> told = tree.repair(List.of(look(130), look(150)));
    assertThat(said(told))
        .containsExactly(
            "WINDOW r1 130-145 late 130",
            "WINDOW r1 150-165 late 150",
            "MINUTE r2 120-185 [[w6, w7, w8], late 130, late 150]");
    assertThat(asked).isEqualTo(1);
    List<String> restsOn =
        new ArrayList<>(at(Level.WINDOW, before).stream().map(Summary::id).toList().subList(6, 9));
    restsOn.add(told.get(0).id());
    restsOn.add(told.get(1).id());
    assertThat(told.getLast().restsOn()).isEqualTo(restsOn);
    assertThat(at(Level.HOUR, windows(40, 180)).getFirst().text())
        .contains("[[w6, w7, w8], late 130, late 150], [w9, w10, w11]");
  }

  @Test
  void tellsAMinuteThatWasMissedAltogether() {
    windows(0, 6);
    windows(12, 20);
    List<Summary> told = tree.repair(List.of(look(130)));
    assertThat(said(told))
        .containsExactly("WINDOW r1 130-145 late 130", "MINUTE r1 130-145 late 130");
    assertThat(told.getLast().restsOn()).containsExactly(told.getFirst().id());
  }

  @Test
  void tellsMinuteHourAndWholeAgainAndNothingElse() {
    windows(0, 300);
    tree.flush(6_005_000_000L);
    asked = 0;
    List<Summary> told = new ArrayList<>(tree.repair(List.of(look(70))));
    told.addAll(tree.flush(6_005_000_000L));
    assertThat(levels(told)).containsExactly("WINDOW r1", "MINUTE r2", "HOUR r2", "STREAM r2");
    assertThat(told.get(1).startOffsetMs()).isEqualTo(60_000);
    assertThat(told.get(2).text()).contains("[w0, w1, w2], [[w3, w4, w5], late 70], [w6, w7, w8]");
    assertThat(told.get(3).text()).contains("[[w3, w4, w5], late 70]");
    assertThat(asked).isEqualTo(3);
  }

  @Test
  void tellsAnHourAgainFromWhatItToldWhenItsMinutesAreForgotten() {
    List<Summary> before = windows(0, 600);
    before.addAll(tree.flush(12_005_000_000L));
    List<Summary> told = new ArrayList<>(tree.repair(List.of(look(600))));
    told.addAll(tree.flush(12_005_000_000L));
    assertThat(levels(told)).containsExactly("WINDOW r1", "HOUR r2", "STREAM r2");
    List<String> restsOn =
        new ArrayList<>(at(Level.MINUTE, before).stream().map(Summary::id).toList().subList(0, 60));
    restsOn.add(told.getFirst().id());
    assertThat(told.get(1).restsOn()).isEqualTo(restsOn);
    assertThat(told.get(2).restsOn())
        .isEqualTo(
            before.stream().filter(s -> s.level() == Level.STREAM).toList().getLast().restsOn());
  }

  @Test
  void tellsTheWholeAgainWhenTheHourIsForgottenToo() {
    windows(0, 20 * 180);
    long length = 20 * RetainedSummaries.HOUR_MICROS;
    tree.flush(length);
    List<Summary> told = new ArrayList<>(tree.repair(List.of(look(600))));
    told.addAll(tree.flush(length));
    assertThat(levels(told)).containsExactly("WINDOW r1", "STREAM r2");
    assertThat(told.getLast().restsOn()).hasSize(21).contains(told.getFirst().id());
  }

  @Test
  void saysNothingOfALookThatWasToldAlready() {
    for (long hours : List.of(0, 1, 3, 20)) {
      tree = tree(Summaries.NONE);
      windows(0, 30 + hours * 180);
      assertThat(tree.repair(List.of(look(130)))).isNotEmpty();
      assertThat(tree.repair(List.of(look(130)))).as("after %d hours", hours).isEmpty();
    }
  }

  @Test
  void tellsTheWholeOfSeventeenHoursOnce() {
    windows(0, 16 * 180 + 30);
    long length = (16 * 180 + 30) * STRIDE;
    Summary whole = tree.flush(length).getLast();
    assertThat(whole.level()).isEqualTo(Level.STREAM);
    assertThat(whole.restsOn()).hasSize(17);
    assertThat(tree.flush(length)).isEmpty();
  }

  @Test
  void restsTheWholeOfASingleMinuteOnItsWindowsThoughItIsTold() {
    windows(0, 3);
    Summary whole = tree.flush(60_000_000).getLast();
    assertThat(whole.restsOn()).hasSize(3);
    assertThat(whole.text()).isEqualTo("[w0, w1, w2]");
  }

  @Test
  void repeatsALongWindowThatIsAMinuteByItself() {
    String words = "Somebody walks through the gate and looks around. ".repeat(40).strip();
    tree =
        new SummaryTree(
            new SummaryFactory("cam", NOON, new ModelRef("fake", "1")),
            this::summarize,
            Duration.ofSeconds(50),
            Summaries.NONE);
    window(0, words);
    assertThat(tree.advanceTo(60_000_000).getFirst().text()).isEqualTo(words);
  }

  @Test
  void leavesAloneWhatIsTooOldToChange() {
    windows(0, 12);
    assertThat(window(8, "too late")).isEmpty();
    assertThat(window(9, "in time")).hasSize(2);
  }

  @Test
  void goesOnFromItsStateAnywhere() {
    long seed = new Random().nextLong();
    System.out.println("summaries with repairs and rests, seed " + seed);
    List<Summary> straight = story(new Random(seed), 0);
    tree = tree(Summaries.NONE);
    assertThat(story(new Random(seed), 5)).as("seed %d", seed).isEqualTo(straight);
  }

  /// Four hours in which something is missed, seen later, and in which the stream rests.
  ///
  /// @param oftenCut one time in so many goes on from the state; 0 never does
  private List<Summary> story(Random random, int oftenCut) {
    Random cuts = new Random(1);
    List<Summary> told = new ArrayList<>();
    for (long number = 0; number < 720; number++) {
      if (random.nextInt(10) > 0) {
        told.addAll(windows(number, number + 1));
      }
      if (random.nextInt(20) == 0) {
        told.addAll(tree.repair(List.of(look(random.nextLong(number * 20 + 1)))));
      }
      if (random.nextInt(50) == 0) {
        told.addAll(tree.flush((number + 1) * STRIDE));
      }
      if (oftenCut > 0 && cuts.nextInt(oftenCut) == 0) {
        tree = tree(tree.state());
      }
    }
    told.addAll(tree.flush(720 * STRIDE));
    Map<String, Integer> revisions = new HashMap<>();
    told.forEach(s -> assertThat(revisions.merge(s.id(), 1, Integer::sum)).isEqualTo(s.revision()));
    return told;
  }

  @Test
  void keepsItsStateSmallForEver() throws JsonProcessingException {
    JsonMapper json = JsonMapper.builder().addModule(new Jdk8Module()).build();
    tree =
        new SummaryTree(
            new SummaryFactory("cam", NOON, new ModelRef("fake", "1")),
            this::summarize,
            Duration.ofSeconds(5),
            Summaries.NONE);
    String words = "A very long story about somebody. ".repeat(30);
    Map<String, Integer> revisions = new HashMap<>();
    int largest = 0;
    // 5 s from window to window for 33 hours.
    for (long number = 0; number < 24_000; number++) {
      long begins = number * 5_000_000;
      List<Summary> told = new ArrayList<>();
      tree.add(
              new SummaryTree.Window(
                  number,
                  begins,
                  begins,
                  begins + 8_000_000,
                  number + " " + words,
                  new Sampling(16, 2, "target", 100, 112, 84),
                  List.of()))
          .ifPresent(told::add);
      told.addAll(tree.advanceTo(begins + 5_000_000));
      told.forEach(s -> assertThat(revisions.merge(s.id(), 1, Integer::sum)).isEqualTo(1));
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
