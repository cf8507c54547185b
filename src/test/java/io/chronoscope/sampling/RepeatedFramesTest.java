package io.chronoscope.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Video with fewer frames than are sampled.
class RepeatedFramesTest {

  private static final FrameTimes ONE_PER_1500_MS =
      new FrameTimes(
          List.of(0L, 500_000L, 1_000_000L, 1_500_000L, 2_000_000L, 2_500_000L, 3_000_000L),
          List.of(0L, 0L, 0L, 1_500_000L, 1_500_000L, 1_500_000L, 3_000_000L));

  @Test
  void boundsAreAsUncertainAsTheFramesAreSparse() {
    assertThat(ONE_PER_1500_MS.toleranceMicrosAt(1_250_000)).isEqualTo(1_500_000);
    assertThat(ONE_PER_1500_MS.toleranceMicrosAt(2_750_000)).isEqualTo(1_500_000);
  }

  @Test
  void framesThatAreSampledOnceLeaveTheSamplingInterval() {
    FrameTimes times =
        new FrameTimes(List.of(0L, 500_000L, 1_000_000L), List.of(0L, 466_666L, 983_333L));

    assertThat(times.toleranceMicrosAt(750_000)).isEqualTo(500_000);
  }
}
