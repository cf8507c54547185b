package io.chronoscope.evaluation;

/// Temporal intersection over union (IoU) of two spans, as in Charades-STA (Gao et al., "TALL:
/// Temporal Activity Localization via Language Query", 2017).
public final class TemporalIou {

  private TemporalIou() {}

  /// Returns 0 (disjoint) to 1 (equal). The IoU with an empty span is 0.
  public static double of(long startMs, long endMs, long otherStartMs, long otherEndMs) {
    long shared = Math.min(endMs, otherEndMs) - Math.max(startMs, otherStartMs);
    if (shared <= 0) {
      return 0;
    }
    long union = Math.max(endMs, otherEndMs) - Math.min(startMs, otherStartMs);
    return (double) shared / union;
  }
}
