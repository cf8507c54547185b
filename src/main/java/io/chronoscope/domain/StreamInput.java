package io.chronoscope.domain;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// A record of a stream, as its partition delivers them in offset order.
public sealed interface StreamInput {

  String stream();

  ChunkOrigin origin();

  /// One self-contained media segment (MP4, fragmented MP4, MPEG-TS, Matroska or WebM).
  ///
  /// @param declaredStart absolute time of presentation time zero, declared by the producer; empty
  ///   for a bare record
  /// @param recordTime the record's own timestamp, from which the start of a bare record is
  ///   inferred
  /// @param sequence the producer's number for this chunk; empty for a bare record
  /// @param declaredDuration declared by the producer; the decoded frames decide
  /// @param media the segment, or a claim check for it
  /// @param redriven whether it was rejected before and redriven: then no lateness is too much
  record Chunk(
      String stream,
      ChunkOrigin origin,
      Optional<Instant> declaredStart,
      Instant recordTime,
      OptionalLong sequence,
      Optional<Duration> declaredDuration,
      Media media,
      boolean redriven)
      implements StreamInput {

    public Chunk {
      requireStream(stream);
    }

    /// A chunk that carries its media and was not redriven.
    public Chunk(
        String stream,
        ChunkOrigin origin,
        Optional<Instant> declaredStart,
        Instant recordTime,
        OptionalLong sequence,
        Optional<Duration> declaredDuration,
        ByteBuffer media) {
      this(
          stream,
          origin,
          declaredStart,
          recordTime,
          sequence,
          declaredDuration,
          new Media.Inline(media),
          false);
    }

    public long sizeBytes() {
      return media.sizeBytes();
    }
  }

  /// A chunk's media segment.
  sealed interface Media {

    long sizeBytes();

    /// @param bytes read-only; position and limit are never moved by a reader
    record Inline(ByteBuffer bytes) implements Media {

      public Inline {
        bytes = bytes.isReadOnly() ? bytes : bytes.asReadOnlyBuffer();
      }

      @Override
      public long sizeBytes() {
        return bytes.remaining();
      }
    }

    /// A claim check: the segment is stored elsewhere.
    ///
    /// @param sha256 digest of the bytes, 64 lower-case hexadecimal digits
    record Reference(URI uri, long sizeBytes, String sha256) implements Media {}
  }

  /// The producer announces the end of the stream; the last window is analyzed at once.
  record EndOfStream(String stream, ChunkOrigin origin) implements StreamInput {

    public EndOfStream {
      requireStream(stream);
    }
  }

  /// A record whose envelope could not be read.
  record Unreadable(String stream, ChunkOrigin origin, Rejection rejection) implements StreamInput {

    public Unreadable {
      requireStream(stream);
    }
  }

  private static void requireStream(String stream) {
    if (stream.isBlank()) {
      throw new IllegalArgumentException("stream id is blank");
    }
  }
}
