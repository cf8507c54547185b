package io.chronoscope.sampling;

import java.util.OptionalDouble;

/// Between what bounds a window's sampling rate is chosen.
///
/// @param minFps for a still picture
/// @param targetFps for ordinary activity
/// @param maxFps for a busy picture; also the rate of the candidates, so that any choice is a
///   subset of them
/// @param windowTokenBudget video tokens that one window may cost; holds before every other limit
/// @param tokensPerSecondBudget video tokens that one second of video may cost
/// @param fixedFps the rate that a request asked for, instead of a choice
public record SamplingLimits(
    double minFps,
    double targetFps,
    double maxFps,
    int windowTokenBudget,
    double tokensPerSecondBudget,
    OptionalDouble fixedFps) {

  public static final SamplingLimits DEFAULTS =
      new SamplingLimits(0.5, 2, 4, 24_576, 2_048, OptionalDouble.empty());

  public SamplingLimits {
    if (!(minFps > 0 && minFps <= targetFps && targetFps <= maxFps && maxFps <= 1000)) {
      throw new IllegalArgumentException(
          "frame rates must rise from min over target to max: %s, %s, %s"
              .formatted(minFps, targetFps, maxFps));
    }
    if (windowTokenBudget < 1) {
      throw new IllegalArgumentException("window token budget is " + windowTokenBudget);
    }
    if (!(tokensPerSecondBudget > 0)) {
      throw new IllegalArgumentException("token budget a second is " + tokensPerSecondBudget);
    }
    if (fixedFps.isPresent() && !(fixedFps.getAsDouble() > 0 && fixedFps.getAsDouble() <= 1000)) {
      throw new IllegalArgumentException("fixed frame rate is " + fixedFps.getAsDouble());
    }
  }

  public SamplingLimits withFixedFps(double fps) {
    return new SamplingLimits(
        minFps,
        targetFps,
        maxFps,
        windowTokenBudget,
        tokensPerSecondBudget,
        OptionalDouble.of(fps));
  }

  /// The rate of the grid on which candidates are taken.
  public double candidateFps() {
    return fixedFps.orElse(maxFps);
  }

  /// The rate at which frames are given the size that uses the budget up.
  public double plannedFps() {
    return fixedFps.orElse(targetFps);
  }
}
