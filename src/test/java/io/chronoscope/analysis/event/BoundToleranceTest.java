package io.chronoscope.analysis.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.Likelihood;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.vlm.Calibration;
import io.chronoscope.vlm.Calibration.OfBounds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BoundToleranceTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Sampling SAMPLING = new Sampling(20, 2, "target", 90, 112, 84);
  private static final WindowPlan PLAN =
      new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(3));

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
    long from = PLAN.startOf(number);
    long until = PLAN.endOf(number);
    return tracker
        .observe(
            new SeenSpan(number, from, until - 500_000, until, 500_000),
            SAMPLING,
            List.of(sightings),
            PLAN.startOf(number + 1))
        .stream()
        .map(VideoEvent::toleranceMs)
        .toList();
  }

  private static Sighting saw(double start, double end, double times) {
    return new Sighting(
        Math.round(start * 1e6),
        Math.round(end * 1e6),
        "A red circle moves left.",
        500_000,
        List.of(),
        List.of(),
        Certainty.UNSTATED,
        Optional.of(new Likelihood(0.9, times)),
        List.of());
  }

  @Test
  void isWhatTheSamplingLeavesOpenWithoutACalibration() {
    assertThat(window(tracker(Optional.empty()), 0, saw(1, 4, 0.5))).containsExactly(500L);
  }

  @Test
  void isTheErrorOfTheModelIfThatIsMore() {
    Optional<OfBounds> errors = Optional.of(new OfBounds(0.1, 0, 0, 0, 2));
    assertThat(window(tracker(errors), 0, saw(1, 4, 0.5))).containsExactly(1100L);
    assertThat(window(tracker(errors), 0, saw(1, 4, 0.95))).containsExactly(500L);
  }

  @Test
  void growsWithTheIntervalAndTheLength() {
    Optional<OfBounds> errors = Optional.of(new OfBounds(0, 2, 0.1, 0, 0));
    assertThat(window(tracker(errors), 0, saw(1, 4, 0.9))).containsExactly(1300L);
    assertThat(window(tracker(errors), 0, saw(1, 6, 0.9))).containsExactly(1500L);
  }

  @Test
  void growsWithWhatTheWindowsDisagreeAbout() {
    Optional<OfBounds> errors = Optional.of(new OfBounds(0, 0, 0, 1, 0));
    EventTracker tracker = tracker(errors);
    // Windows of 0 to 10 s and 7 to 17 s.
    assertThat(window(tracker, 0, saw(6, 9, 0.9))).containsExactly(500L);
    assertThat(window(tracker, 1, saw(7, 11, 0.9))).containsExactly(1000L);
  }

  @Test
  void isNotWidenedByWhatOneWindowCouldNotSee() {
    EventTracker tracker = tracker(Optional.of(new OfBounds(0, 0, 0, 1, 0)));
    assertThat(window(tracker, 0, saw(6, 10, 0.9))).containsExactly(500L);
    assertThat(window(tracker, 1, saw(7, 12, 0.9))).containsExactly(500L);
  }

  /// The tracker matches by what the sampling leaves open, however wide the stated tolerance is.
  @Test
  void joinsNoMoreThanWithoutIt() {
    EventTracker tracker = tracker(Optional.of(new OfBounds(5, 0, 0, 0, 0)));
    assertThat(window(tracker, 0, saw(6, 8, 0.9))).containsExactly(5000L);
    assertThat(window(tracker, 1, saw(10, 12, 0.9))).hasSize(2);
  }
}
