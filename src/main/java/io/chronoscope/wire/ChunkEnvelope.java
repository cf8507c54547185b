package io.chronoscope.wire;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Chunks as records: key = stream id, value = the media segment, and CloudEvents headers in binary
/// mode that say when it starts (`ce_time`), its number (`ce_sequence`) and how long it is
/// (`ce_durationms`). Instead of the segment the value may be a claim check ([ReferenceJson]). A
/// record without any `ce_` header is taken for a chunk too; its time is then inferred from the
/// record's timestamp.
public final class ChunkEnvelope {

  public static final String CHUNK = "io.chronoscope.chunk";
  public static final String CHUNK_REFERENCE = "io.chronoscope.chunk.reference";
  public static final String END_OF_STREAM = "io.chronoscope.stream.end";
  static final String SEQUENCE = "sequence";
  static final String DURATION_MS = "durationms";

  /// Id of the dead letter for which a chunk was sent again.
  static final String REDRIVEN = "redriven";

  private static final int MAX_REFERENCE_BYTES = 16 * 1024;

  /// A stream's id goes into all that is written of it.
  private static final int MAX_STREAM_BYTES = 512;

  /// Times that a clock may show, however wrong it is; with others nothing can be counted.
  private static final Instant EARLIEST = Instant.EPOCH;

  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  /// Can be counted on from, and is a number in every language.
  private static final long MAX_NUMBER = (1L << 53) - 1;

  private static final long MAX_DURATION_MS = Duration.ofDays(1).toMillis();

  private final int maxChunkBytes;

  /// @param maxChunkBytes larger values are refused
  public ChunkEnvelope(int maxChunkBytes) {
    if (maxChunkBytes <= 0) {
      throw new IllegalArgumentException("largest chunk is " + maxChunkBytes + " bytes");
    }
    this.maxChunkBytes = maxChunkBytes;
  }

  /// A record of which not even the stream is known.
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
      if (isBare(record.headers())) {
        return chunk(stream, origin, record, null, inline(record));
      }
      CloudEvent envelope = envelope(record);
      return switch (envelope.getType()) {
        case CHUNK -> chunk(stream, origin, record, envelope, inline(record));
        case CHUNK_REFERENCE -> chunk(stream, origin, record, envelope, reference(record));
        case END_OF_STREAM -> new EndOfStream(stream, origin);
        default ->
            throw new Refusal(
                Reason.BAD_ENVELOPE,
                "header ce_type is neither "
                    + CHUNK
                    + ", "
                    + CHUNK_REFERENCE
                    + " nor "
                    + END_OF_STREAM
                    + ": "
                    + envelope.getType());
      };
    } catch (Refusal refusal) {
      return new Unreadable(stream, origin, refusal.rejection);
    }
  }

  private static String stream(ConsumerRecord<byte[], byte[]> record) throws NoStreamException {
    byte[] key = record.key();
    if (key == null) {
      throw new NoStreamException("record has no key; the key is the stream id");
    }
    String stream = new String(key, StandardCharsets.UTF_8);
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

  private static boolean isBare(Headers headers) throws Refusal {
    Header contentType = headers.lastHeader("content-type");
    if (contentType != null && text(contentType).startsWith("application/cloudevents")) {
      throw new Refusal(
          Reason.BAD_ENVELOPE,
          "structured CloudEvents are not taken, only binary mode; header content-type is "
              + text(contentType));
    }
    for (Header header : headers) {
      if (header.key().startsWith("ce_")) {
        return false;
      }
    }
    return true;
  }

  private static boolean isRead(String header) {
    return header.startsWith("ce_") || header.equals("content-type");
  }

  private static CloudEvent envelope(ConsumerRecord<byte[], byte[]> record) throws Refusal {
    for (String required : new String[] {"specversion", "id", "source", "type"}) {
      Header header = record.headers().lastHeader("ce_" + required);
      if (header == null || header.value() == null || text(header).isBlank()) {
        throw new Refusal(Reason.BAD_ENVELOPE, "header ce_" + required + " is missing");
      }
    }
    String version = text(record.headers().lastHeader("ce_specversion"));
    if (!version.equals("1.0")) {
      throw new Refusal(
          Reason.BAD_ENVELOPE,
          "header ce_specversion names CloudEvents version " + version + "; only 1.0 is read");
    }
    for (Header header : record.headers()) {
      if (header.value() == null && isRead(header.key())) {
        throw new Refusal(Reason.BAD_ENVELOPE, "header " + header.key() + " has no value");
      }
    }
    try {
      return KafkaMessageFactory.createReader(record).toEvent();
    } catch (CloudEventRWException | IllegalStateException | IllegalArgumentException e) {
      throw new Refusal(
          Reason.BAD_ENVELOPE, "CloudEvents headers cannot be read: " + e.getMessage());
    }
  }

  private Media inline(ConsumerRecord<byte[], byte[]> record) throws Refusal {
    byte[] media = record.value();
    if (media == null) {
      throw new Refusal(Reason.EMPTY, "chunk has no bytes");
    }
    checkSize(media.length);
    return new Media.Inline(ByteBuffer.wrap(media).asReadOnlyBuffer());
  }

  private Media reference(ConsumerRecord<byte[], byte[]> record) throws Refusal {
    byte[] value = record.value();
    if (value == null || value.length > MAX_REFERENCE_BYTES) {
      throw new Refusal(
          Reason.BAD_ENVELOPE,
          "reference of %d bytes; it is JSON of 1 to %d bytes"
              .formatted(value == null ? 0 : value.length, MAX_REFERENCE_BYTES));
    }
    Media.Reference reference;
    try {
      reference = ReferenceJson.read(JsonFields.parse(value));
    } catch (MalformedRecordException e) {
      throw new Refusal(Reason.BAD_ENVELOPE, "reference: " + e.getMessage());
    }
    checkSize(reference.sizeBytes());
    return reference;
  }

  private void checkSize(long bytes) throws Refusal {
    if (bytes == 0) {
      throw new Refusal(Reason.EMPTY, "chunk has no bytes");
    }
    if (bytes > maxChunkBytes) {
      throw new Refusal(
          Reason.TOO_LARGE,
          "chunk of " + bytes + " bytes; at most " + maxChunkBytes + " are taken");
    }
  }

  private static Chunk chunk(
      String stream,
      ChunkOrigin origin,
      ConsumerRecord<byte[], byte[]> record,
      @Nullable CloudEvent envelope,
      Media media)
      throws Refusal {
    Instant recordTime = Instant.ofEpochMilli(Math.max(0, record.timestamp()));
    OffsetDateTime time = envelope == null ? null : envelope.getTime();
    if (time == null) {
      checkTime("the record's timestamp", recordTime);
    } else {
      checkTime("header ce_time", time.toInstant());
    }
    OptionalLong sequence = number(envelope, SEQUENCE);
    OptionalLong durationMs = number(envelope, DURATION_MS);
    if (durationMs.orElse(0) > MAX_DURATION_MS) {
      throw new Refusal(
          Reason.BAD_TIME,
          "header ce_durationms says %d, which is more than a day"
              .formatted(durationMs.getAsLong()));
    }
    return new Chunk(
        stream,
        origin,
        // The whole program counts time in microseconds.
        Optional.ofNullable(time).map(t -> t.toInstant().truncatedTo(ChronoUnit.MICROS)),
        recordTime,
        sequence,
        durationMs.isPresent()
            ? Optional.of(Duration.ofMillis(durationMs.getAsLong()))
            : Optional.empty(),
        media,
        envelope != null && envelope.getExtension(REDRIVEN) != null);
  }

  private static void checkTime(String what, Instant time) throws Refusal {
    if (time.isBefore(EARLIEST) || !time.isBefore(LATEST)) {
      throw new Refusal(
          Reason.BAD_TIME,
          "%s says %s; times from %s to %s are taken".formatted(what, time, EARLIEST, LATEST));
    }
  }

  private static OptionalLong number(@Nullable CloudEvent envelope, String extension)
      throws Refusal {
    Object value = envelope == null ? null : envelope.getExtension(extension);
    if (value == null) {
      return OptionalLong.empty();
    }
    try {
      long number = Long.parseLong(value.toString());
      if (number >= 0 && number <= MAX_NUMBER) {
        return OptionalLong.of(number);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new Refusal(
        Reason.BAD_ENVELOPE,
        "header ce_%s is not a whole number from 0: %s; the largest is %d"
            .formatted(extension, value, MAX_NUMBER));
  }

  /// A chunk to be sent. The media are not copied.
  ///
  /// @param source the `ce_source`: who sends
  /// @param start absolute time of the segment's presentation time zero
  public static ProducerRecord<String, byte[]> chunk(
      String topic,
      URI source,
      String stream,
      long sequence,
      Instant start,
      Duration duration,
      String contentType,
      byte[] media) {
    return send(
        topic,
        chunk(source, stream, sequence, start, duration, CHUNK)
            .withData(contentType, new MediaData(media)));
  }

  /// A chunk to be sent whose media lie elsewhere.
  ///
  /// @see #chunk(String, URI, String, long, Instant, Duration, String, byte[])
  public static ProducerRecord<String, byte[]> reference(
      String topic,
      URI source,
      String stream,
      long sequence,
      Instant start,
      Duration duration,
      Media.Reference reference) {
    return send(
        topic,
        chunk(source, stream, sequence, start, duration, CHUNK_REFERENCE)
            .withData("application/json", JsonFields.bytes(ReferenceJson.write(reference))));
  }

  private static CloudEventBuilder chunk(
      URI source, String stream, long sequence, Instant start, Duration duration, String type) {
    return CloudEventBuilder.v1()
        .withId(stream + "/" + sequence)
        .withSource(source)
        .withType(type)
        .withSubject(stream)
        .withTime(start.atOffset(ZoneOffset.UTC))
        .withExtension(SEQUENCE, Long.toString(sequence))
        .withExtension(DURATION_MS, Long.toString(duration.toMillis()));
  }

  private static ProducerRecord<String, byte[]> send(String topic, CloudEventBuilder event) {
    CloudEvent built = event.build();
    return KafkaMessageFactory.createWriter(topic, null, built.getSubject()).writeBinary(built);
  }

  /// The word that nothing more will come.
  public static ProducerRecord<String, byte[]> endOfStream(
      String topic, URI source, String stream) {
    return send(
        topic,
        CloudEventBuilder.v1()
            .withId(stream + "/end")
            .withSource(source)
            .withType(END_OF_STREAM)
            .withSubject(stream));
  }

  private static String text(Header header) {
    return header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  /// Bytes handed through as they are.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record MediaData(byte[] bytes) implements CloudEventData {

    @Override
    public byte[] toBytes() {
      return bytes;
    }
  }

  private static final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Rejection rejection;

    private Refusal(Reason reason, String detail) {
      super(detail, null, false, false);
      this.rejection = new Rejection(reason, detail);
    }
  }
}
