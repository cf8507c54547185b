package io.chronoscope.domain;

import java.time.Duration;
import java.time.Instant;

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

  /// The same of absolute times, to the millisecond.
  public static double of(Instant start, Instant end, Instant otherStart, Instant otherEnd) {
    return of(0, millis(start, end), millis(start, otherStart), millis(start, otherEnd));
  }

  private static long millis(Instant from, Instant to) {
    return Duration.between(from, to).toMillis();
  }
}
