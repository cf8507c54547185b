package io.chronoscope.domain;

import java.time.Instant;

/// A time range of a stream, absolute and relative to the stream's start.
///
/// @param start absolute
/// @param end absolute, not before `start`
/// @param startOffsetMs `start` in milliseconds from the stream's start
/// @param endOffsetMs `end` in milliseconds from the stream's start
public record TimeSpan(Instant start, Instant end, long startOffsetMs, long endOffsetMs) {

  /// @throws IllegalArgumentException when `end` is before `start`
  public TimeSpan {
    if (end.isBefore(start)) {
      throw new IllegalArgumentException("end (" + end + ") is before start (" + start + ")");
    }
  }

  /// The offsets are rounded to the nearest millisecond.
  ///
  /// @param startMicros offset micros, see [StreamClock]
  /// @param endMicros offset micros
  public static TimeSpan of(StreamClock clock, long startMicros, long endMicros) {
    return new TimeSpan(
        clock.instantAt(startMicros),
        clock.instantAt(endMicros),
        Math.round(startMicros / 1000.0),
        Math.round(endMicros / 1000.0));
  }
}
