package io.chronoscope.analysis;

import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.StreamInput.Chunk;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When a chunk starts, and by how much the times of consecutive chunks may disagree. The live
/// analysis and questions about retained video share these rules, so that they agree on what is a
/// gap.
public final class ChunkTimes {

  /// Largest error of a live producer's timestamps: they are taken when a chunk is sent, so encoder
  /// and network delay show in them. A shorter distance between two chunks is no gap, unless
  /// sequence numbers say that a chunk is missing there.
  public static final Duration TIMESTAMP_JITTER = Duration.ofSeconds(1);

  /// Largest rounding error where two consecutive chunks join: containers and envelopes round times
  /// to their own time base. More than one frame at 25 fps, less than two.
  public static final Duration ROUNDING = Duration.ofMillis(50);

  private ChunkTimes() {}

  /// The absolute start of a chunk, in whole microseconds: the one its producer declared, otherwise
  /// an inferred one. A bare record continues where the chunk before it ended, unless its timestamp
  /// shows that time was lost in between. So records that are written faster than they play do not
  /// overlap.
  ///
  /// @param previousEnd end of the chunk before it; empty when there is none
  public static Instant startOf(Chunk chunk, Optional<Instant> previousEnd) {
    return StreamClock.wholeMicros(
        chunk
            .declaredStart()
            .or(() -> previousEnd.filter(end -> !isTimeLost(end, chunk.recordTime())))
            .orElse(chunk.recordTime()));
  }

  private static boolean isTimeLost(Instant previousEnd, Instant recordTime) {
    return recordTime.isAfter(previousEnd.plus(TIMESTAMP_JITTER));
  }

  /// Whether `until` is later than `from` by more than rounding explains.
  public static boolean isGap(Instant from, Instant until) {
    return Duration.between(from, until).compareTo(ROUNDING) > 0;
  }
}
