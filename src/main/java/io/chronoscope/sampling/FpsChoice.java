package io.chronoscope.sampling;

import io.chronoscope.domain.SampledFrame;
import java.util.List;

/// The sampling rate chosen for a window.
///
/// @param fps frames per second
/// @param everyNth which of the candidate grid's times are used, counted from the grid's anchor
/// @param reason for people
public record FpsChoice(double fps, int everyNth, String reason) {

  public static final String TARGET = "target";
  public static final String STILL = "still picture";
  public static final String HIGH_ACTIVITY = "high activity";
  public static final String HIGH_ACTIVITY_WITHIN_BUDGET = "high activity, within token budget";
  public static final String TOKEN_BUDGET = "token budget";
  public static final String FIXED = "fixed by request";

  public FpsChoice {
    if (!(fps > 0) || everyNth < 1) {
      throw new IllegalArgumentException(
          "a rate must be positive: %s fps, every %d-th candidate".formatted(fps, everyNth));
    }
  }

  /// Reduces the rate for load shedding: one frame in `divisor`, but not below `minFps`.
  ///
  /// @param divisor a power of two
  public FpsChoice slowed(int divisor, double minFps) {
    int by = 1;
    while (by * 2 <= divisor && fps / (by * 2) >= minFps) {
      by *= 2;
    }
    return by == 1 ? this : new FpsChoice(fps / by, everyNth * by, "behind; else " + reason);
  }

  /// Selects the candidates on the chosen grid. Overlapping windows with the same rate select the
  /// same frames. If a gap in the video leaves none of a window's candidates on the grid, the first
  /// candidate is selected.
  public List<SampledFrame> select(SampleGrid candidateGrid, List<SampledFrame> candidates) {
    SampleGrid chosen = candidateGrid.thinned(everyNth);
    List<SampledFrame> selected =
        candidates.stream().filter(frame -> chosen.contains(frame.gridMicros())).toList();
    return selected.isEmpty() && !candidates.isEmpty() ? List.of(candidates.getFirst()) : selected;
  }
}
