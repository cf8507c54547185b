package io.chronoscope.sampling;

import java.util.Optional;

/// Bounds of the sampling rate of a window.
///
/// @param minFps for a still picture
/// @param targetFps for ordinary activity
/// @param maxFps for high activity; also the candidate rate, so that every choice is a subset of
///   the candidates
/// @param windowTokenBudget video tokens that one window may cost; takes precedence over every
///   other limit
/// @param tokensPerSecondBudget video tokens that one second of video may cost
/// @param fixed the rate that was asked for, if any
public record SamplingLimits(
    double minFps,
    double targetFps,
    double maxFps,
    int windowTokenBudget,
    double tokensPerSecondBudget,
    Optional<FixedRate> fixed) {

  public static final SamplingLimits DEFAULTS =
      new SamplingLimits(0.5, 2, 4, 24_576, 2_048, Optional.empty());

  public SamplingLimits {
    if (!(minFps > 0 && minFps <= targetFps && targetFps <= maxFps && maxFps <= 1000)) {
      throw new IllegalArgumentException(
          "frame rates must rise from min over target to max: %s, %s, %s"
              .formatted(minFps, targetFps, maxFps));
    }
    if (windowTokenBudget < 1) {
      throw new IllegalArgumentException(
          "the window token budget must be positive: " + windowTokenBudget);
    }
    if (!(tokensPerSecondBudget > 0)) {
      throw new IllegalArgumentException(
          "the token budget per second must be positive: " + tokensPerSecondBudget);
    }
  }

  public SamplingLimits withFixed(FixedRate rate) {
    return new SamplingLimits(
        minFps, targetFps, maxFps, windowTokenBudget, tokensPerSecondBudget, Optional.of(rate));
  }

  /// The rate of the candidate grid.
  public double candidateFps() {
    return fixed.map(FixedRate::fps).orElse(maxFps);
  }

  /// The times of the candidates of a stream.
  ///
  /// @param anchorMicros the stream's time zero, microseconds since the epoch
  public SampleGrid candidates(long anchorMicros) {
    return fixed.orElseGet(() -> FixedRate.even(maxFps)).grid(anchorMicros);
  }

  /// By how much the candidate grid may be thinned for windows whose rate load shedding divides:
  /// all frames that [FpsChoice#slowed] leaves are on the thinned grid.
  ///
  /// @param fpsDivisor a power of two
  public int candidateDivisor(int fpsDivisor) {
    int divisor = 1;
    while (divisor * 2 <= fpsDivisor && candidateFps() / (divisor * 2) >= minFps) {
      divisor *= 2;
    }
    return divisor;
  }

  /// The rate for which the frame size is chosen so that it uses up the budget.
  public double plannedFps() {
    return fixed.map(FixedRate::fps).orElse(targetFps);
  }
}
