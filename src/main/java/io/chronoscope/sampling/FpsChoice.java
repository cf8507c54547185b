package io.chronoscope.sampling;

import io.chronoscope.domain.SampledFrame;
import java.util.List;

/// The rate at which a window is shown to the model.
///
/// @param fps frames a second
/// @param everyNth of the candidate grid's times, counted from the grid's anchor
/// @param reason why, for people
public record FpsChoice(double fps, int everyNth, String reason) {

  public static final String TARGET = "target";
  public static final String STILL = "still picture";
  public static final String HIGH_ACTIVITY = "high activity";
  public static final String HIGH_ACTIVITY_WITHIN_BUDGET = "high activity, within token budget";
  public static final String TOKEN_BUDGET = "token budget";
  public static final String FIXED = "fixed by request";

  public FpsChoice {
    if (!(fps > 0) || everyNth < 1) {
      throw new IllegalArgumentException("a choice of " + fps + " fps, every " + everyNth + "-th");
    }
  }

  /// The same with fewer frames, because there is too much to look at: one in `divisor`, but not
  /// below `minFps`. `divisor` is a power of two.
  public FpsChoice slowed(int divisor, double minFps) {
    int by = 1;
    while (by * 2 <= divisor && fps / (by * 2) >= minFps) {
      by *= 2;
    }
    return by == 1 ? this : new FpsChoice(fps / by, everyNth * by, "behind; else " + reason);
  }

  /// Those of the candidates that are on the chosen grid. Windows that overlap and chose the same
  /// rate get the same frames. When a gap in the video leaves none of a window's candidates on it,
  /// the first candidate stands alone.
  public List<SampledFrame> select(SampleGrid candidateGrid, List<SampledFrame> candidates) {
    SampleGrid chosen = candidateGrid.thinned(everyNth);
    List<SampledFrame> selected =
        candidates.stream().filter(frame -> chosen.contains(frame.gridMicros())).toList();
    return selected.isEmpty() && !candidates.isEmpty() ? List.of(candidates.getFirst()) : selected;
  }
}
