package io.chronoscope.cli.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.evaluation.Difference.Detection;
import io.chronoscope.testing.Samples;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DetectionsTest {

  /// Two runs on the same frames do not differ by the error of the model.
  @Test
  void compareByWhatTheSamplingLeavesOpen() {
    // At 2 frames a second.
    VideoEvent event = Samples.event("evt-1", 1, "yard");
    Detections detections = new Detections();
    detections.add(event);
    detections.add(Samples.event("evt-2", 1, "yard").withToleranceMs(5000));

    assertThat(
            detections.in(
                new Scope("video.chunks", new StreamPattern("*"), Instant.MIN, Instant.MAX),
                detection -> true))
        .extracting(Detection::toleranceMs)
        .containsExactly(event.toleranceMs(), 500L);
  }
}
