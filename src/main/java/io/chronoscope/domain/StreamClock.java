package io.chronoscope.domain;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Converts between the three time bases of a stream:
///
/// - **absolute**: an [Instant], as in envelopes and results;
/// - **epoch micros**: microseconds since 1970-01-01T00:00:00Z, as on frames and sampling grids;
/// - **offset micros**: microseconds from the stream's start, as in windows and open events.
///
/// Whatever lies below a microsecond is cut off toward zero.
///
/// @param start absolute time of the stream's first chunk, its time zero
public record StreamClock(Instant start) {

  /// Epoch micros of the stream's start.
  public long startEpochMicros() {
    return epochMicros(start);
  }

  /// Absolute to offset micros; negative before the stream's start.
  public long offsetMicros(Instant instant) {
    return microsBetween(start, instant);
  }

  /// Epoch micros to offset micros.
  public long offsetMicros(long epochMicros) {
    return epochMicros - startEpochMicros();
  }

  /// Offset micros to absolute.
  public Instant instantAt(long offsetMicros) {
    return plusMicros(start, offsetMicros);
  }

  /// Offset micros to epoch micros.
  public long epochMicrosAt(long offsetMicros) {
    return startEpochMicros() + offsetMicros;
  }

  /// Absolute to epoch micros.
  public static long epochMicros(Instant instant) {
    return microsBetween(Instant.EPOCH, instant);
  }

  /// Epoch micros to absolute.
  public static Instant ofEpochMicros(long epochMicros) {
    return plusMicros(Instant.EPOCH, epochMicros);
  }

  /// Whole microseconds from one time to another; negative when `until` is earlier.
  public static long microsBetween(Instant from, Instant until) {
    return ChronoUnit.MICROS.between(from, until);
  }

  public static Instant plusMicros(Instant instant, long micros) {
    return instant.plus(micros, ChronoUnit.MICROS);
  }

  /// Rounds down to the microsecond.
  public static Instant wholeMicros(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }

  /// Whole microseconds of a duration, rounded down.
  public static Duration wholeMicros(Duration duration) {
    return duration.truncatedTo(ChronoUnit.MICROS);
  }
}
