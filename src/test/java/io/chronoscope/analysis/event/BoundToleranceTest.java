package io.chronoscope.analysis.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.Likelihood;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.vlm.Calibration;
import io.chronoscope.vlm.Calibration.OfBounds;
import io.chronoscope.vlm.Calibration.OfBounds.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BoundToleranceTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final TrackedWindows WINDOWS =
      new TrackedWindows(new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(3)));

  private static EventTracker tracker(Optional<OfBounds> errors) {
    return new EventTracker(
        "s",
        NOON,
        new ModelRef("fake", "1"),
        List.of(),
        SemanticMatcher.OF_WORDS_ONLY,
        (startMicros, description) -> StableIds.of("evt", "s", NOON, startMicros, description),
        new EventConfidence(new Calibration(Optional.empty(), Optional.empty(), errors), 0),
        (event, outcome) -> {});
  }

  /// The tolerances of what a window at 2 fps publishes, in milliseconds.
  private static List<Long> window(EventTracker tracker, long number, Sighting... sightings) {
    return WINDOWS.observe(tracker, number, sightings).stream()
        .map(VideoEvent::toleranceMs)
        .toList();
  }

  private static Sighting saw(double start, double end, double startSure, double endSure) {
    return TrackedWindows.saw(start, end, new Likelihood(0.9, startSure, endSure));
  }

  private static Optional<OfBounds> errors() {
    return Optional.of(new OfBounds(List.of(new Step(0.9, 0.3), new Step(0.5, 2), new Step(0, 5))));
  }

  @Test
  void isWhatTheSamplingLeavesOpenWithoutACalibration() {
    assertThat(window(tracker(Optional.empty()), 0, saw(1, 4, 0.1, 0.1))).containsExactly(500L);
  }

  @Test
  void isTheErrorOfTheModelIfThatIsMore() {
    assertThat(window(tracker(errors()), 0, saw(1, 4, 0.95, 0.9))).containsExactly(500L);
    assertThat(window(tracker(errors()), 0, saw(1, 4, 0.6, 0.95))).containsExactly(2000L);
    assertThat(window(tracker(errors()), 0, saw(1, 4, 0.95, 0.4))).containsExactly(5000L);
  }

  /// Windows of 0 to 10 s and 7 to 17 s.
  @Test
  void isThatOfAnUnsureBoundWhereAWindowEnds() {
    EventTracker tracker = tracker(errors());
    assertThat(window(tracker, 0, saw(6, 10, 0.95, 0.95))).containsExactly(5000L);
    assertThat(window(tracker, 1, saw(7, 12, 0.95, 0.95))).containsExactly(500L);
  }

  @Test
  void isWideForAnEventThatAlreadyGoesOnWhereAWindowBegins() {
    EventTracker tracker = tracker(errors());
    window(tracker, 0);
    assertThat(window(tracker, 1, saw(7, 12, 0.95, 0.95))).containsExactly(5000L);
  }

  @Test
  void isNarrowForWhatIsThereWhereTheStreamBegins() {
    assertThat(window(tracker(errors()), 0, saw(0, 4, 0.95, 0.95))).containsExactly(500L);
  }

  @Test
  void isThatOfTheSurerOfTwoWindowsThatAgree() {
    EventTracker tracker = tracker(errors());
    assertThat(window(tracker, 0, saw(7.5, 9, 0.6, 0.6))).containsExactly(2000L);
    assertThat(window(tracker, 1, saw(8, 9, 0.95, 0.95))).containsExactly(500L);
  }

  @Test
  void isWideWhereWindowsDisagree() {
    EventTracker tracker = tracker(errors());
    assertThat(window(tracker, 0, saw(7.5, 9, 0.95, 0.95))).containsExactly(500L);
    assertThat(window(tracker, 1, saw(7.5, 11, 0.95, 0.95))).containsExactly(5000L);
  }

  /// The tracker matches by what the sampling leaves open, however wide the stated tolerance is.
  @Test
  void joinsNoMoreThanWithoutIt() {
    EventTracker tracker = tracker(errors());
    assertThat(window(tracker, 0, saw(6, 8, 0.1, 0.1))).containsExactly(5000L);
    assertThat(window(tracker, 1, saw(10, 12, 0.1, 0.1))).hasSize(2);
  }
}
