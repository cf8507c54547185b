package io.chronoscope.sampling;

import java.time.Duration;

/// Upper bound on the pixels of a frame. Frames keep their native resolution as long as a window at
/// the planned rate is within the token budgets; a visual token covers 28 x 28 pixels of a frame
/// pair.
public final class FrameBudget {

  private static final long PIXELS_PER_TOKEN = 28L * 28;

  private FrameBudget() {}

  /// @param window duration of the window
  /// @param maxPixels configured limit of a frame
  /// @return in pixels, at least one token's
  public static long maxPixels(SamplingLimits limits, Duration window, long maxPixels) {
    if (!window.isPositive()) {
      throw new IllegalArgumentException("a window must have a duration: " + window);
    }
    double seconds = window.toNanos() / 1e9;
    double pairsPerSecond = limits.plannedFps() / 2;
    double windowTokens =
        Math.min(limits.windowTokenBudget(), limits.tokensPerSecondBudget() * seconds);
    // A window shorter than one pair still has one.
    double pairs = Math.max(1, Math.ceil(seconds * pairsPerSecond));
    long tokens = Math.max(1, (long) Math.floor(windowTokens / pairs));
    return Math.min(tokens * PIXELS_PER_TOKEN, maxPixels);
  }
}
