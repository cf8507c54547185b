package io.chronoscope.analysis;

import java.time.Duration;
import java.util.OptionalLong;

/// How a stream is cut into overlapping windows, counted from the stream's start: window `k`
/// reaches from `k * stride` to `k * stride + length`. All in microseconds from the stream's start.
///
/// @param lookEvery a window that is not full yet is looked at whenever so much more of it has
///   come, so that events open before it is; zero: only full windows are looked at
public record WindowPlan(Duration length, Duration overlap, Duration lookEvery) {

  /// Only full windows are looked at.
  public WindowPlan(Duration length, Duration overlap) {
    this(length, overlap, Duration.ZERO);
  }

  public WindowPlan {
    if (lookEvery.isNegative()) {
      throw new IllegalArgumentException("an early look every " + lookEvery);
    }
    if (!length.isPositive()) {
      throw new IllegalArgumentException("window length is " + length);
    }
    if (overlap.isNegative() || overlap.compareTo(length) >= 0) {
      throw new IllegalArgumentException(
          "window overlap " + overlap + " is not between zero and the window length " + length);
    }
  }

  public long lengthMicros() {
    return length.toNanos() / 1000;
  }

  /// From the beginning of one window to that of the next.
  public Duration stride() {
    return length.minus(overlap);
  }

  public long strideMicros() {
    return stride().toNanos() / 1000;
  }

  /// Where to look early at a window that ends there; empty when the window will soon be full.
  ///
  /// @param seenMicros to where it, or the window before, was looked at
  public OptionalLong earlyLook(long seenMicros, long endMicros) {
    long every = lookEvery.toNanos() / 1000;
    long at = seenMicros + every;
    return every == 0 || at > endMicros - every / 2 ? OptionalLong.empty() : OptionalLong.of(at);
  }

  public long startOf(long window) {
    return window * strideMicros();
  }

  public long endOf(long window) {
    return startOf(window) + lengthMicros();
  }

  /// The first window that reaches beyond `micros`.
  public long firstWindowSeeing(long micros) {
    return Math.max(0, Math.floorDiv(micros - lengthMicros(), strideMicros()) + 1);
  }

  /// The window with which a stream of this length ends: the first that reaches its end.
  public long lastWindowOf(long streamMicros) {
    return Math.max(0, Math.ceilDiv(streamMicros - lengthMicros(), strideMicros()));
  }
}
