package io.chronoscope.sampling;

import java.time.Duration;
import java.util.List;

/// Chooses how many frames a second of a window the model gets to see. Rates are those of the
/// candidates divided by 1, 2, 4, … so that chosen frames are always among the candidates and on
/// the grid. Deterministic: the same candidates give the same choice.
///
/// - still picture (not even the largest change is worth mentioning): the lowest rate not below the
///   minimum;
/// - high activity (a tenth of the candidates or more change much): the highest rate;
/// - otherwise the rate nearest to the target.
///
/// Then the rate is halved until the window keeps to both token budgets. They are hard limits,
/// which a fixed rate and the minimum have to keep to as well.
public final class FpsPolicy {

  /// Largest change below which a picture counts as still.
  static final double STILL_BELOW = 0.0005;

  /// Change that a tenth of the candidates must reach for a picture to count as busy.
  static final double BUSY_FROM = 0.02;

  private final SamplingLimits limits;

  public FpsPolicy(SamplingLimits limits) {
    this.limits = limits;
  }

  /// @param activities the candidates' activity, in their order
  /// @param window the window's length
  /// @param tokensPerPair visual tokens of two frames at their size
  public FpsChoice choose(List<Double> activities, Duration window, int tokensPerPair) {
    if (!window.isPositive() || tokensPerPair < 1) {
      throw new IllegalArgumentException(
          "a window of " + window + " with " + tokensPerPair + " tokens a frame pair");
    }
    Wish wish = wish(activities);
    int everyNth = wish.everyNth;
    while (framesAt(everyNth, activities.size()) > 2
        && !affordable(everyNth, activities.size(), window, tokensPerPair)) {
      everyNth *= 2;
    }
    double fps = limits.candidateFps() / everyNth;
    if (everyNth == wish.everyNth) {
      return new FpsChoice(fps, everyNth, wish.reason);
    }
    boolean stillMore =
        wish.reason.equals(FpsChoice.HIGH_ACTIVITY) && everyNth < nearestTo(limits.targetFps());
    return new FpsChoice(
        fps, everyNth, stillMore ? FpsChoice.HIGH_ACTIVITY_WITHIN_BUDGET : FpsChoice.TOKEN_BUDGET);
  }

  private record Wish(int everyNth, String reason) {}

  private Wish wish(List<Double> activities) {
    if (limits.fixedFps().isPresent()) {
      return new Wish(1, FpsChoice.FIXED);
    }
    double[] sorted = activities.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length > 1 && sorted[sorted.length - 1] < STILL_BELOW) {
      return new Wish(slowest(), FpsChoice.STILL);
    }
    if (sorted.length > 1 && upperDecile(sorted) >= BUSY_FROM) {
      return new Wish(1, FpsChoice.HIGH_ACTIVITY);
    }
    return new Wish(nearestTo(limits.targetFps()), FpsChoice.TARGET);
  }

  private static double upperDecile(double[] sorted) {
    return sorted[(int) Math.floor(0.9 * (sorted.length - 1))];
  }

  /// The thinnest grid whose rate is not below the minimum.
  private int slowest() {
    int everyNth = 1;
    while (limits.candidateFps() / (everyNth * 2) >= limits.minFps()) {
      everyNth *= 2;
    }
    return everyNth;
  }

  /// The grid whose rate is nearest to `fps` by ratio; of two equally near the denser one.
  private int nearestTo(double fps) {
    int everyNth = 1;
    while (limits.candidateFps() / everyNth / fps
        > fps / (limits.candidateFps() / (everyNth * 2))) {
      everyNth *= 2;
    }
    return everyNth;
  }

  private static int framesAt(int everyNth, int candidates) {
    return Math.ceilDiv(candidates, everyNth);
  }

  private boolean affordable(int everyNth, int candidates, Duration window, int tokensPerPair) {
    long tokens = (long) Math.ceilDiv(framesAt(everyNth, candidates), 2) * tokensPerPair;
    double seconds = window.toNanos() / 1e9;
    return tokens <= limits.windowTokenBudget()
        && tokens <= limits.tokensPerSecondBudget() * Math.max(1, seconds);
  }
}
