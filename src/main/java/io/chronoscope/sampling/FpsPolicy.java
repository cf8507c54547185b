package io.chronoscope.sampling;

import java.time.Duration;
import java.util.List;

/// Chooses the sampling rate of a window. Rates are the candidate rate divided by 1, 2, 4, …, so
/// that selected frames are always candidates and on the grid. Deterministic: the same candidates
/// give the same choice.
///
/// - still picture (not even the largest change is significant): the lowest rate not below the
///   minimum;
/// - high activity (at least a tenth of the candidates change a lot): the highest rate;
/// - otherwise: the rate nearest to the target.
///
/// The rate is then halved until the window is within both token budgets. These are hard limits,
/// which override a fixed rate and the minimum.
public final class FpsPolicy {

  /// A picture is still when its largest change is below this.
  static final double STILL_BELOW = 0.0005;

  /// Activity is high when a tenth of the candidates reach this change.
  static final double BUSY_FROM = 0.02;

  private final SamplingLimits limits;

  public FpsPolicy(SamplingLimits limits) {
    this.limits = limits;
  }

  /// Chooses the rate of a window.
  ///
  /// @param activities of the candidates, in order
  /// @param window duration of the window
  /// @param tokensPerPair visual tokens of a frame pair
  public FpsChoice choose(List<Double> activities, Duration window, int tokensPerPair) {
    if (!window.isPositive() || tokensPerPair < 1) {
      throw new IllegalArgumentException(
          "a window must have a duration and tokens: %s, %d tokens per frame pair"
              .formatted(window, tokensPerPair));
    }
    Preference preferred = preferred(activities);
    int everyNth = preferred.everyNth;
    while (framesAt(everyNth, activities.size()) > 2
        && !withinBudget(everyNth, activities.size(), window, tokensPerPair)) {
      everyNth *= 2;
    }
    double fps = limits.candidateFps() / everyNth;
    if (everyNth == preferred.everyNth) {
      return new FpsChoice(fps, everyNth, preferred.reason);
    }
    boolean aboveTarget =
        preferred.reason.equals(FpsChoice.HIGH_ACTIVITY)
            && everyNth < nearestTo(limits.targetFps());
    return new FpsChoice(
        fps,
        everyNth,
        aboveTarget ? FpsChoice.HIGH_ACTIVITY_WITHIN_BUDGET : FpsChoice.TOKEN_BUDGET);
  }

  private record Preference(int everyNth, String reason) {}

  private Preference preferred(List<Double> activities) {
    if (limits.fixed().isPresent()) {
      return new Preference(1, FpsChoice.FIXED);
    }
    double[] sorted = activities.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length > 1 && sorted[sorted.length - 1] < STILL_BELOW) {
      return new Preference(lowestRate(), FpsChoice.STILL);
    }
    if (sorted.length > 1 && upperDecile(sorted) >= BUSY_FROM) {
      return new Preference(1, FpsChoice.HIGH_ACTIVITY);
    }
    return new Preference(nearestTo(limits.targetFps()), FpsChoice.TARGET);
  }

  private static double upperDecile(double[] sorted) {
    return sorted[(int) Math.floor(0.9 * (sorted.length - 1))];
  }

  /// The sparsest grid whose rate is not below the minimum.
  private int lowestRate() {
    int everyNth = 1;
    while (limits.candidateFps() / (everyNth * 2) >= limits.minFps()) {
      everyNth *= 2;
    }
    return everyNth;
  }

  /// The grid whose rate is nearest to `fps` by ratio; the denser one of two equally near.
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

  private boolean withinBudget(int everyNth, int candidates, Duration window, int tokensPerPair) {
    long tokens = (long) Math.ceilDiv(framesAt(everyNth, candidates), 2) * tokensPerPair;
    double seconds = window.toNanos() / 1e9;
    return tokens <= limits.windowTokenBudget()
        && tokens <= limits.tokensPerSecondBudget() * Math.max(1, seconds);
  }
}
