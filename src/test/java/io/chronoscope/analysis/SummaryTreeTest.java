package io.chronoscope.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.chronoscope.analysis.Narrator.Part;
import io.chronoscope.analysis.StreamState.Summaries;
import io.chronoscope.model.ModelRef;
import io.chronoscope.model.Result.Level;
import io.chronoscope.model.Result.Summary;
import io.chronoscope.model.Sampling;
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
    return new SummaryTree("cam", NOON, new ModelRef("fake", "1"), this::tell, state);
  }

  private String tell(List<Part> parts) {
    asked++;
    return parts.stream().map(Part::text).toList().toString();
  }

  /// Three windows begin in a minute.
  private List<Summary> window(long number, String text) {
    long begins = number * STRIDE;
    List<Summary> told = new ArrayList<>();
    tree.take(
            new SummaryTree.Window(
                number,
                begins,
                begins,
                begins + LENGTH,
                text,
                new Sampling(50, 2 - number % 2, "target", 100, 112, 84, number, 0),
                List.of("evt-" + number)))
        .ifPresent(told::add);
    told.addAll(tree.tellUntil(begins + STRIDE));
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
    Summary whole = tree.tellAll(45_000_000).getFirst();
    assertThat(whole.level()).isEqualTo(Level.STREAM);
    assertThat(whole.restsOn()).isEqualTo(told.stream().map(Summary::id).toList());
    assertThat(whole.endOffsetMs()).isEqualTo(45_000);
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void asksNobodyAboutASinglePart() {
    windows(0, 1);
    assertThat(said(tree.tellAll(25_000_000))).containsExactly("STREAM r1 0-25 w0");
    assertThat(asked).isZero();
  }

  @Test
  void tellsWhatIsNotCompleteAtTheEnd() {
    windows(0, 184);
    asked = 0;
    List<Summary> told = tree.tellAll(3_685_000_000L);
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
    tree.tellAll(205_000_000);
    asked = 0;
    assertThat(window(9, "w9")).isEmpty();
    assertThat(tree.tellUntil(200_000_000)).isEmpty();
    assertThat(tree.tellAll(205_000_000)).isEmpty();
    assertThat(asked).isZero();
  }

  @Test
  void makesOnlyTheLastMinuteAndWhatIsAboveItAnewAfterARest() {
    windows(0, 185);
    tree.tellAll(3_700_000_000L);
    asked = 0;
    List<Summary> told = windows(185, 186);
    told.addAll(tree.tellAll(3_725_000_000L));
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

  @Test
  void takesALookAtWhatWasMissedIntoItsMinute() {
    windows(0, 1);
    windows(2, 4);
    Summary repaired =
        tree.take(
                new SummaryTree.Window(
                    SummaryTree.repair(25_000_000),
                    25_000_000,
                    25_000_000,
                    40_000_000,
                    "late",
                    new Sampling(30, 2, "target", 100, 112, 84),
                    List.of()))
            .orElseThrow();
    assertThat(repaired.level()).isEqualTo(Level.WINDOW);
    Summary minute = tree.tellUntil(0).getFirst();
    assertThat(said(List.of(minute))).containsExactly("MINUTE r2 0-65 [w0, late, w2]");
    assertThat(minute.restsOn().get(1)).isEqualTo(repaired.id());
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
    Random random = new Random(seed);
    List<Summary> straight = windows(0, 400);
    straight.addAll(tree.tellAll(400 * STRIDE));
    tree = tree(Summaries.NONE);
    List<Summary> interrupted = new ArrayList<>();
    for (long number = 0; number < 400; number++) {
      interrupted.addAll(windows(number, number + 1));
      if (random.nextInt(5) == 0) {
        tree = tree(tree.state());
      }
    }
    interrupted.addAll(tree.tellAll(400 * STRIDE));
    assertThat(interrupted).as("seed %d", seed).isEqualTo(straight);
  }

  @Test
  void keepsItsStateSmallForEver() throws JsonProcessingException {
    JsonMapper json = JsonMapper.builder().addModule(new Jdk8Module()).build();
    String words = "A very long story about somebody. ".repeat(30);
    Map<String, Integer> revisions = new HashMap<>();
    int largest = 0;
    // 5 s from window to window for 33 hours.
    for (long number = 0; number < 24_000; number++) {
      long begins = number * 5_000_000;
      List<Summary> told = new ArrayList<>();
      tree.take(
              new SummaryTree.Window(
                  number,
                  begins,
                  begins,
                  begins + 8_000_000,
                  number + " " + words,
                  new Sampling(16, 2, "target", 100, 112, 84),
                  List.of()))
          .ifPresent(told::add);
      told.addAll(tree.tellUntil(begins + 5_000_000));
      told.forEach(s -> assertThat(revisions.merge(s.id(), 1, Integer::sum)).isEqualTo(1));
      if (number % 239 == 0) {
        largest = Math.max(largest, json.writeValueAsBytes(tree.state()).length);
      }
    }
    assertThat(largest).isLessThan(64 * 1024);
    Summary whole = tree.tellAll(24_000L * 5_000_000).getLast();
    assertThat(whole.level()).isEqualTo(Level.STREAM);
    assertThat(whole.restsOn()).hasSizeBetween(9, SummaryTree.MAX_HOURS + 1);
  }
}
