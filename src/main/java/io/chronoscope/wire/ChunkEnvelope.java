package io.chronoscope.wire;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.StreamInput.Unreadable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Reads records of the chunks topic: key = stream id, value = the media segment or a claim check
/// ([ChunkReference]), and CloudEvents headers in binary mode with its start time (`ce_time`), its
/// number (`ce_sequence`) and its length (`ce_durationms`). A record without any `ce_` header is a
/// chunk too; its time follows from the record's timestamp. [ChunkRecords] writes them.
public final class ChunkEnvelope {

  private static final int MAX_REFERENCE_BYTES = 16 * 1024;

  /// Everything that is written about a stream repeats its id.
  private static final int MAX_STREAM_BYTES = 512;

  private static final int MAX_SHOWN_BYTES = 32;

  private final int maxChunkBytes;

  /// @param maxChunkBytes larger values are rejected
  public ChunkEnvelope(int maxChunkBytes) {
    if (maxChunkBytes <= 0) {
      throw new IllegalArgumentException("largest chunk is " + maxChunkBytes + " bytes");
    }
    this.maxChunkBytes = maxChunkBytes;
  }

  /// A record without a usable key, so that not even its stream is known.
  public static final class NoStreamException extends Exception {

    private static final long serialVersionUID = 1L;

    private NoStreamException(String message) {
      super(message);
    }
  }

  /// Reads a record. The media are not copied.
  ///
  /// @throws NoStreamException when the record has no usable key
  public StreamInput read(ConsumerRecord<byte[], byte[]> record) throws NoStreamException {
    String stream = stream(record);
    ChunkOrigin origin = new ChunkOrigin(record.topic(), record.partition(), record.offset());
    try {
      ChunkHeaders headers = ChunkHeaders.read(record);
      return switch (headers.type()) {
        case CHUNK -> chunk(stream, origin, headers, inline(record));
        case CHUNK_REFERENCE -> chunk(stream, origin, headers, reference(record));
        case END_OF_STREAM -> new EndOfStream(stream, origin);
      };
    } catch (ChunkRejectedException e) {
      return new Unreadable(stream, origin, e.rejection());
    }
  }

  private static String stream(ConsumerRecord<byte[], byte[]> record) throws NoStreamException {
    byte[] key = record.key();
    if (key == null) {
      throw new NoStreamException("record has no key; the key is the stream id");
    }
    String stream = text(key);
    if (stream.isBlank()) {
      throw new NoStreamException("record has a blank key; the key is the stream id");
    }
    if (key.length > MAX_STREAM_BYTES) {
      throw new NoStreamException(
          "record has a key of %d bytes; it is the stream id, of %d bytes at most"
              .formatted(key.length, MAX_STREAM_BYTES));
    }
    return stream;
  }

  /// @throws IllegalArgumentException when no record can have this id as its key; says why
  public static void requireStream(String id) {
    if (id.isBlank()) {
      throw new IllegalArgumentException("the id of a stream is blank");
    }
    int bytes = id.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_STREAM_BYTES) {
      throw new IllegalArgumentException(
          "the id of a stream has %d bytes; %d at most".formatted(bytes, MAX_STREAM_BYTES));
    }
  }

  /// Different keys must not become one stream: no replacement characters.
  private static String text(byte[] key) throws NoStreamException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
    } catch (CharacterCodingException e) {
      int shown = Math.min(key.length, MAX_SHOWN_BYTES);
      throw new NoStreamException(
          "record has a key that is not UTF-8: %s%s; the key is the stream id"
              .formatted(
                  HexFormat.ofDelimiter(" ").formatHex(key, 0, shown),
                  shown < key.length ? " …" : ""));
    }
  }

  private Media inline(ConsumerRecord<byte[], byte[]> record) throws ChunkRejectedException {
    byte[] media = record.value();
    if (media == null) {
      throw new ChunkRejectedException(Reason.EMPTY, "chunk has no bytes");
    }
    checkSize(media.length);
    return new Media.Inline(ByteBuffer.wrap(media).asReadOnlyBuffer());
  }

  private Media reference(ConsumerRecord<byte[], byte[]> record) throws ChunkRejectedException {
    byte[] value = record.value();
    if (value == null || value.length > MAX_REFERENCE_BYTES) {
      throw new ChunkRejectedException(
          Reason.BAD_ENVELOPE,
          "reference of %d bytes; it is JSON of 1 to %d bytes"
              .formatted(value == null ? 0 : value.length, MAX_REFERENCE_BYTES));
    }
    Media.Reference reference;
    try {
      reference = ChunkReference.read(value);
    } catch (MalformedRecordException e) {
      throw new ChunkRejectedException(Reason.BAD_ENVELOPE, "reference: " + e.getMessage());
    }
    checkSize(reference.sizeBytes());
    return reference;
  }

  private void checkSize(long bytes) throws ChunkRejectedException {
    if (bytes == 0) {
      throw new ChunkRejectedException(Reason.EMPTY, "chunk has no bytes");
    }
    if (bytes > maxChunkBytes) {
      throw new ChunkRejectedException(
          Reason.TOO_LARGE,
          "chunk of " + bytes + " bytes; at most " + maxChunkBytes + " are accepted");
    }
  }

  private static Chunk chunk(String stream, ChunkOrigin origin, ChunkHeaders headers, Media media)
      throws ChunkRejectedException {
    Optional<Instant> time = headers.time();
    OptionalLong sequence = headers.sequence();
    Optional<Duration> duration = headers.duration();
    return new Chunk(
        stream,
        origin,
        time,
        headers.recordTime(),
        sequence,
        duration,
        media,
        headers.isRedriven());
  }
}
