package io.chronoscope.analysis.stream;

import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.StreamInput.Chunk;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A chunk and its position in the stream.
///
/// @param sequence declared, or counted on from the chunk before it
/// @param start absolute time of presentation time zero, in whole microseconds
record PlacedChunk(Chunk chunk, long sequence, Instant start) {

  /// Whether the producer declared its sequence number.
  boolean isNumbered() {
    return chunk.sequence().isPresent();
  }

  /// Whether the producer declared its start.
  boolean hasDeclaredStart() {
    return chunk.declaredStart().isPresent();
  }

  /// Absolute end, if the producer declared a duration.
  Optional<Instant> declaredEnd() {
    return chunk
        .declaredDuration()
        .filter(Duration::isPositive)
        .map(duration -> start.plus(StreamClock.wholeMicros(duration)));
  }
}
