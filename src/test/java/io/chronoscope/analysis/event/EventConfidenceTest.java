package io.chronoscope.analysis.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.analysis.AnalysisEvent.EventJudged.Outcome;
import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.Likelihood;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.vlm.Calibration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventConfidenceTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final TrackedWindows WINDOWS =
      new TrackedWindows(new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2)));

  /// The log-odds of the least likely word, one more for each look that saw it.
  private static final Calibration CALIBRATION =
      new Calibration(
          Optional.of(new Calibration.OfEvents(0, 1, 0, 1, 0, 0)),
          Optional.empty(),
          Optional.empty());

  private final List<Outcome> outcomes = new ArrayList<>();

  private EventTracker tracker(Calibration calibration, double least) {
    return new EventTracker(
        "s",
        NOON,
        new ModelRef("fake", "1"),
        List.of(),
        SemanticMatcher.OF_WORDS_ONLY,
        (startMicros, description) -> StableIds.of("evt", startMicros, description),
        new EventConfidence(calibration, least),
        (event, outcome) -> outcomes.add(outcome));
  }

  private static List<String> window(EventTracker tracker, long number, Sighting... sightings) {
    return WINDOWS.observe(tracker, number, sightings).stream()
        .map(EventConfidenceTest::describe)
        .toList();
  }

  private static String describe(VideoEvent event) {
    return "r%d %s %.3f"
        .formatted(
            event.revision(), event.status(), event.certainty().confidence().orElse(Double.NaN));
  }

  private static Sighting saw(double start, double end, double words) {
    return TrackedWindows.saw(start, end, new Likelihood(words, 0.9, 0.9));
  }

  @Test
  void comesFromTheLeastLikelyWordWithoutACalibration() {
    assertThat(window(tracker(Calibration.NONE, 0), 0, saw(1, 4, 0.7)))
        .containsExactly("r1 CLOSED 0.700");
  }

  @Test
  void countsTheWindowsThatSawIt() {
    EventTracker tracker = tracker(CALIBRATION, 0);
    assertThat(window(tracker, 0, saw(7, 10, 0.5))).containsExactly("r1 OPEN 0.731");
    assertThat(window(tracker, 1, saw(8, 12, 0.4))).containsExactly("r2 CLOSED 0.731");
  }

  @Test
  void countsTheWindowsThatCouldHaveSeenIt() {
    EventTracker tracker = tracker(CALIBRATION, 0);
    window(tracker, 0, saw(6, 10, 0.5));
    assertThat(window(tracker, 1)).containsExactly("r2 CLOSED 0.622");
  }

  @Test
  void holdsBackWhatIsNotSureEnough() {
    EventTracker tracker = tracker(CALIBRATION, 0.8);
    assertThat(window(tracker, 0, saw(1, 4, 0.5))).isEmpty();
    assertThat(outcomes).containsExactly(Outcome.HELD_BACK);
    assertThat(tracker.open()).isEmpty();
  }

  @Test
  void publishesAsSoonAsItIsSureEnough() {
    EventTracker tracker = tracker(CALIBRATION, 0.8);
    assertThat(window(tracker, 0, saw(7, 10, 0.5))).isEmpty();
    assertThat(tracker.open()).hasSize(1);
    assertThat(window(tracker, 1, saw(8, 18, 0.9))).containsExactly("r1 OPEN 0.961");
    assertThat(window(tracker, 2, saw(16, 19, 0.9))).containsExactly("r2 CLOSED 0.961");
    assertThat(outcomes).containsExactly(Outcome.PUBLISHED);
  }

  @Test
  void withdrawsWhatALaterWindowMakesUnsure() {
    EventTracker tracker = tracker(CALIBRATION, 0.7);
    assertThat(window(tracker, 0, saw(6, 10, 0.5))).containsExactly("r1 OPEN 0.731");
    assertThat(window(tracker, 1)).containsExactly("r2 WITHDRAWN 0.622");
  }

  @Test
  void countsHowSureItsBoundsAre() {
    Calibration ofBounds =
        new Calibration(
            Optional.of(new Calibration.OfEvents(0, 0, 0, 0, 0, 0.1)),
            Optional.empty(),
            Optional.empty());
    EventTracker tracker = tracker(ofBounds, 0);
    // It continues at the border of the window, where nothing is sure about its end.
    assertThat(window(tracker, 0, saw(7, 10, 0.5))).containsExactly("r1 OPEN 0.285");
    // 0.9 for its bounds, on which both windows agree.
    assertThat(window(tracker, 1, saw(8, 12, 0.5))).containsExactly("r2 CLOSED 0.555");
  }

  @Test
  void aCertaintyHasThreeDecimals() {
    assertThat(Certainty.UNSTATED.withConfidence(0.123456).confidence().orElseThrow())
        .isCloseTo(0.123, within(1e-12));
  }
}
