package io.chronoscope.live;

import io.chronoscope.domain.SourceClock;
import java.time.Duration;
import java.time.Instant;

/// How far a live source is in Kafka, whichever instance sent it.
///
/// @param next number of the next chunk
/// @param until end of the newest chunk
public record SourceProgress(long next, Instant until) {

  /// A source that is read again repeats no more than a playlist lists. What is earlier comes from
  /// a clock that was set back.
  private static final Duration REPEATED = Duration.ofMinutes(1);

  public static SourceProgress after(SpooledChunk chunk) {
    return new SourceProgress(chunk.sequence() + 1, chunk.end());
  }

  /// Whether video is there already. Files may be as old as they like.
  boolean covers(Instant end, SourceClock clock) {
    return !end.isAfter(until) && (clock == SourceClock.FILE || end.isAfter(until.minus(REPEATED)));
  }
}
