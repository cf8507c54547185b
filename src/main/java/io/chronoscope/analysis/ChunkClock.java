package io.chronoscope.analysis;

import io.chronoscope.model.StreamInput.Chunk;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gives each chunk of a stream its absolute start and its sequence number: the producer's where it
/// states them, else inferred. A bare record is taken to begin where the chunk before it ended, as
/// long as its timestamp does not say that time was lost in between; records that are written
/// faster than they play must not overlap.
final class ChunkClock {

  /// Timestamps of a live producer waver; a smaller distance is no gap.
  static final Duration SLACK = Duration.ofSeconds(1);

  private long nextSequence;
  private @Nullable Instant expectedStart;

  /// @param nextSequence of the next bare record
  /// @param expectedStart where the next chunk begins if nothing is missing; empty at a stream's
  ///   start
  ChunkClock(long nextSequence, Optional<Instant> expectedStart) {
    this.nextSequence = nextSequence;
    this.expectedStart = expectedStart.orElse(null);
  }

  /// @param sequence number in the stream
  /// @param start absolute time of presentation time zero
  record Placement(long sequence, Instant start) {}

  Placement place(Chunk chunk) {
    long sequence = chunk.sequence().orElse(nextSequence);
    return new Placement(sequence, chunk.declaredStart().orElseGet(() -> inferred(chunk)));
  }

  private Instant inferred(Chunk chunk) {
    Instant expected = expectedStart;
    if (expected == null || chunk.recordTime().isAfter(expected.plus(SLACK))) {
      return chunk.recordTime();
    }
    return expected;
  }

  /// The chunk so placed was taken and lasts that long.
  void took(Placement placement, Duration duration) {
    nextSequence = Math.max(nextSequence, placement.sequence() + 1);
    expectedStart = placement.start().plus(duration);
  }

  long nextSequence() {
    return nextSequence;
  }

  Optional<Instant> expectedStart() {
    return Optional.ofNullable(expectedStart);
  }
}
