package io.chronoscope.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FrameBudgetTest {

  private static final SamplingLimits LIMITS =
      new SamplingLimits(0.5, 2, 8, 24_576, 100_000, Optional.empty());

  @Test
  void dividesTheWindowsTokensAmongItsPairs() {
    // 30 s at 2 fps: 30 pairs of 819 tokens.
    assertThat(FrameBudget.maxPixels(LIMITS, Duration.ofSeconds(30), Long.MAX_VALUE))
        .isEqualTo(819 * 784L);
  }

  @Test
  void fasterFixedRateMakesFramesSmaller() {
    assertThat(
            FrameBudget.maxPixels(
                LIMITS.withFixed(FixedRate.even(4)), Duration.ofSeconds(30), Long.MAX_VALUE))
        .isEqualTo(409 * 784L);
  }

  @Test
  void budgetPerSecondLimits() {
    SamplingLimits tight = new SamplingLimits(0.5, 2, 8, 24_576, 256, Optional.empty());
    assertThat(FrameBudget.maxPixels(tight, Duration.ofSeconds(30), Long.MAX_VALUE))
        .isEqualTo(256 * 784L);
  }

  @Test
  void neverExceedsTheConfiguredLimitAndNeverReachesZero() {
    assertThat(FrameBudget.maxPixels(LIMITS, Duration.ofSeconds(30), 602_112)).isEqualTo(602_112);
    assertThat(FrameBudget.maxPixels(LIMITS, Duration.ofDays(30), 602_112)).isEqualTo(784);
  }
}
