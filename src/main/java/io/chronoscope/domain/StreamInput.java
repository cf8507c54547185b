package io.chronoscope.domain;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// What a stream's partition delivers, in offset order.
public sealed interface StreamInput {

  String stream();

  ChunkOrigin origin();

  /// One self-contained media segment (MP4, fragmented MP4, MPEG-TS, Matroska or WebM).
  ///
  /// @param declaredStart absolute time of presentation time zero as the producer stated it; empty
  ///   for a bare record
  /// @param recordTime the record's own timestamp, from which the start of a bare record is
  ///   inferred
  /// @param sequence the producer's number for this chunk; empty for a bare record
  /// @param declaredDuration as the producer stated it; the decoded frames decide
  /// @param media the segment, or where it is to be fetched
  /// @param redriven a dead letter that was sent again: it takes its place in time however late
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

    /// A chunk that carries its bytes and comes for the first time.
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

    /// A claim check: the segment lies elsewhere.
    ///
    /// @param sha256 of the bytes, 64 hexadecimal digits in small letters
    record Reference(URI uri, long sizeBytes, String sha256) implements Media {}
  }

  /// The producer says that nothing more will come; the last window is analysed at once.
  record EndOfStream(String stream, ChunkOrigin origin) implements StreamInput {

    public EndOfStream {
      requireStream(stream);
    }
  }

  /// A record that is no chunk: its envelope could not be read.
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
