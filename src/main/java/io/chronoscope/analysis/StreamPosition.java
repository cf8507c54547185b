package io.chronoscope.analysis;

import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.sampling.FrameSampler;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Where a stream stands in time and in its records. With the records that are still needed it says
/// exactly what comes next; the clock on the wall has no part in it.
///
/// @param begun whether a chunk of it was seen; until then the stream's start is only a guess
/// @param phase what is being done
/// @param readThrough offset of the last of its records that was read: what it gave is published,
///   and when it is read again it only brings back what was in memory
/// @param covered to where the stream was seen, or is known not to have been; empty until it has
///   begun
/// @param unreadable whether the chunk that comes there could not be read and did not say how long
///   it lasts
/// @param newest the latest start of all chunks that came; the stream's own clock
/// @param newestSequence sequence number of that chunk; -1 before the first
/// @param nextSequence number of the chunk that follows what is covered
/// @param windows from where windows are counted
/// @param settledMicros to where it was looked at, or said that it was not, in microseconds from
///   the stream's start
/// @param lookedMicros to where a window that is not full yet was looked at, from the stream's
///   start
/// @param sampled where sampling stands
/// @param needed records whose frames a window still needs in the order in which they were taken,
///   then those that are held back in the order of their time
/// @param missed the latest gaps
/// @param missedSince before that time gaps are no longer known; empty while all are
/// @param notSeenMicros how much of it was not seen
/// @param earlierStarts where it began before its clock was set back, the latest of them
public record StreamPosition(
    boolean begun,
    Phase phase,
    long readThrough,
    Optional<Instant> covered,
    boolean unreadable,
    Optional<Instant> newest,
    long newestSequence,
    long nextSequence,
    WindowSequence windows,
    long settledMicros,
    long lookedMicros,
    FrameSampler.Position sampled,
    List<Needed> needed,
    List<Missed> missed,
    Optional<Instant> missedSince,
    long notSeenMicros,
    List<Instant> earlierStarts) {

  public StreamPosition {
    earlierStarts = List.copyOf(earlierStarts);
    needed = List.copyOf(needed);
    missed = List.copyOf(missed);
  }

  /// Where sampling stands before the first chunk.
  public static final FrameSampler.Position NOWHERE =
      new FrameSampler.Position(0, Long.MIN_VALUE / 2);

  /// What a stream is at. All but the first go to their end without another record.
  public enum Phase {
    /// It follows its chunks.
    RUNNING,
    /// Nothing came for a while: what is there is looked at and closed.
    RESTING,
    /// Its clock was set back: the same, and then it begins anew.
    TURNING,
    /// Its producer said that this was all.
    ENDING
  }

  /// A record that is still needed.
  ///
  /// @param sequence number in the stream
  /// @param start absolute time of presentation time zero
  /// @param taken empty while it is held back
  public record Needed(long offset, long sequence, Instant start, Optional<Taken> taken) {}

  /// A chunk that was decoded.
  ///
  /// @param end absolute
  /// @param before where sampling stood before it
  public record Taken(Instant end, FrameSampler.Position before) {}

  /// A gap that was told.
  ///
  /// @param revision the last that was published
  public record Missed(Instant start, Instant end, Cause cause, String detail, int revision) {}
}
