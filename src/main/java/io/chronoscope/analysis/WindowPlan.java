package io.chronoscope.analysis;

import java.time.Duration;
import java.util.OptionalLong;

/// Length and overlap of a stream's windows. Counted from zero, window `k` spans `k * stride` to `k
/// * stride + length`; all in microseconds.
///
/// @param partialInterval a window that is not full yet is analyzed partially whenever this much
///   more of it has arrived, so that events open early; zero analyzes full windows only
public record WindowPlan(Duration length, Duration overlap, Duration partialInterval) {

  /// Full windows only.
  public WindowPlan(Duration length, Duration overlap) {
    this(length, overlap, Duration.ZERO);
  }

  public WindowPlan {
    if (partialInterval.isNegative()) {
      throw new IllegalArgumentException("interval of partial analyses is " + partialInterval);
    }
    if (!length.isPositive()) {
      throw new IllegalArgumentException("window length is " + length);
    }
    if (overlap.isNegative() || overlap.compareTo(length) >= 0) {
      throw new IllegalArgumentException(
          "window overlap " + overlap + " is not between zero and the window length " + length);
    }
  }

  long lengthMicros() {
    return length.toNanos() / 1000;
  }

  /// From the start of one window to the start of the next.
  public Duration stride() {
    return length.minus(overlap);
  }

  public long strideMicros() {
    return stride().toNanos() / 1000;
  }

  /// When the next partial analysis of a window is due; empty when the window is full soon anyway.
  ///
  /// @param analyzedMicros up to where the window, or the one before it, was analyzed
  /// @param endMicros end of the window
  public OptionalLong nextPartial(long analyzedMicros, long endMicros) {
    long interval = partialInterval.toNanos() / 1000;
    long due = analyzedMicros + interval;
    return interval == 0 || due > endMicros - interval / 2
        ? OptionalLong.empty()
        : OptionalLong.of(due);
  }

  public long startOf(long window) {
    return window * strideMicros();
  }

  public long endOf(long window) {
    return startOf(window) + lengthMicros();
  }

  /// The first window that ends after `micros`.
  long firstEndingAfter(long micros) {
    return Math.max(0, Math.floorDiv(micros - lengthMicros(), strideMicros()) + 1);
  }

  /// The last window of a stream of this length: the first that reaches its end.
  public long lastOf(long streamMicros) {
    return Math.max(0, Math.ceilDiv(streamMicros - lengthMicros(), strideMicros()));
  }
}
