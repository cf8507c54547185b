package io.chronoscope.live;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.SourceClock;
import java.time.Duration;
import java.time.Instant;

/// What happens to a source, for those who log or print it. Contains no secrets.
public sealed interface SourceEvent {

  String stream();

  /// The first video of a connection was received.
  record Connected(String stream, SourceClock clock) implements SourceEvent {}

  /// The source failed, and is tried again after a while.
  record Lost(String stream, String reason, Duration retryIn) implements SourceEvent {}

  /// The source cannot be read, and is there only once.
  record Failed(String stream, String reason) implements SourceEvent {}

  /// There is no video for a span of time.
  record Gap(String stream, Instant from, Instant until) implements SourceEvent {}

  /// The source's clock was set.
  record ClockJumped(String stream, Duration by) implements SourceEvent {}

  /// A chunk is in Kafka.
  record Sent(SpooledChunk chunk, ChunkOrigin at) implements SourceEvent {
    @Override
    public String stream() {
      return chunk.stream();
    }
  }

  /// Kafka does not take chunks at present; they wait on disk.
  record Held(String stream, String reason) implements SourceEvent {}

  /// Kafka takes chunks again.
  record Resumed(String stream, int waiting) implements SourceEvent {}

  /// Chunks were lost here: a gap.
  record Dropped(String stream, int chunks, String reason) implements SourceEvent {}

  /// The source has ended by itself, and all of its chunks are in Kafka.
  record Ended(String stream) implements SourceEvent {}
}
