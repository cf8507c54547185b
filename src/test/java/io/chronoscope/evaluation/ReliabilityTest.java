package io.chronoscope.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ReliabilityTest {

  private static ReportedEvent reported(long startMs, String what, double confidence) {
    return new ReportedEvent(
        "evt", startMs, startMs + 1000, what, 250, OptionalDouble.of(confidence));
  }

  @Test
  void comparesConfidenceWithTheShareOfTrueEvents() {
    List<ReportedEvent> reported = new ArrayList<>();
    List<GroundTruth.Event> truth = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      reported.add(reported(10_000 * i, "A red circle appears.", 0.95));
      if (i > 0) {
        // The last one starts too far from where it was reported.
        long start = 10_000 * i + (i == 9 ? 300 : 200);
        truth.add(new GroundTruth.Event(start, start + 1000, "A red circle appears."));
      }
    }
    reported.add(reported(500, "A blue cross appears.", 0.25));
    Reliability reliability =
        Reliability.of(List.of(Comparison.of(new GroundTruth(truth), reported)));
    assertThat(reliability.bins()).hasSize(2);
    assertThat(reliability.bins().getLast().precision()).isCloseTo(0.9, within(1e-9));
    assertThat(reliability.calibrationError()).isCloseTo((10 * 0.05 + 1 * 0.25) / 11, within(1e-9));
    assertThat(reliability.matched()).isEqualTo(9);
    assertThat(reliability.withinTolerance()).isEqualTo(8);
    assertThat(reliability.medianToleranceMs()).isEqualTo(250);
  }
}
