package io.chronoscope.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class FrameCeilingTest {

  private static double ceiling(long startMs, long endMs, Long... frameMs) {
    GroundTruth truth =
        new GroundTruth(List.of(new GroundTruth.Event(startMs, endMs, "A red circle appears.")));
    return FrameCeiling.of(truth, List.of(frameMs), 5000).meanIou();
  }

  @Test
  void aBoundLiesMidwayBetweenTheFramesAroundIt() {
    // Shown by 2000 and 3000: 1500 to 3500.
    assertThat(ceiling(1500, 3500, 0L, 1000L, 2000L, 3000L, 4000L)).isEqualTo(1);
    assertThat(ceiling(1100, 3900, 4000L, 3000L, 2000L, 1000L, 0L))
        .isCloseTo(2000 / 2800.0, within(1e-9));
  }

  @Test
  void theVideosEndsAreKnown() {
    assertThat(ceiling(0, 5000, 0L, 2000L, 4000L)).isEqualTo(1);
  }

  @Test
  void whatNoFrameShowsIsLost() {
    assertThat(ceiling(1100, 1900, 0L, 1000L, 2000L)).isZero();
    // An event does not include its end.
    assertThat(ceiling(1100, 2000, 0L, 1000L, 2000L)).isZero();
    assertThat(ceiling(1100, 1900)).isZero();
  }

  @Test
  void videosCountByTheirEvents() {
    assertThat(
            FrameCeiling.ofAll(
                    List.of(
                        new FrameCeiling(List.of(1.0)),
                        new FrameCeiling(List.of(0.5, 0.5, 0.0)),
                        new FrameCeiling(List.of())))
                .meanIou())
        .isEqualTo(0.5);
  }
}
