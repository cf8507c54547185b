package io.chronoscope.wire;

import io.chronoscope.domain.Rejection.Reason;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// The headers of a record of the chunks topic (`chunk-headers.schema.json`): a CloudEvent in
/// binary mode, or a bare record without any `ce_` header. Attributes are checked when they are
/// asked for, so that a record is rejected for the first thing that is wrong with it.
final class ChunkHeaders {

  static final String SEQUENCE = "sequence";
  static final String DURATION_MS = "durationms";

  /// Where a live chunk's time comes from; for people, not read.
  static final String CLOCK = "clock";

  /// Id of the dead letter for which a chunk was redriven.
  static final String REDRIVEN = "redriven";

  /// The range of times that a clock can plausibly show; arithmetic on others could overflow.
  private static final Instant EARLIEST = Instant.EPOCH;

  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  /// Leaves room to count on, and is exact in every language.
  private static final long MAX_NUMBER = (1L << 53) - 1;

  private static final long MAX_DURATION_MS = Duration.ofDays(1).toMillis();

  private final @Nullable CloudEvent event;
  private final InputType type;
  private final Instant recordTime;

  private ChunkHeaders(@Nullable CloudEvent event, InputType type, Instant recordTime) {
    this.event = event;
    this.type = type;
    this.recordTime = recordTime;
  }

  static ChunkHeaders read(ConsumerRecord<byte[], byte[]> record) throws ChunkRejectedException {
    Instant recordTime = Instant.ofEpochMilli(Math.max(0, record.timestamp()));
    Headers headers = AttributeHeaders.canonical(record.headers());
    if (isBare(headers)) {
      return new ChunkHeaders(null, InputType.CHUNK, recordTime);
    }
    CloudEvent event = event(headers, record.value());
    return new ChunkHeaders(event, type(event), recordTime);
  }

  private static boolean isBare(Headers headers) throws ChunkRejectedException {
    Header contentType = headers.lastHeader("content-type");
    if (contentType != null && text(contentType).startsWith("application/cloudevents")) {
      throw new ChunkRejectedException(
          Reason.BAD_ENVELOPE,
          "structured CloudEvents are not accepted, only binary mode; header content-type is "
              + text(contentType));
    }
    for (Header header : headers) {
      if (header.key().startsWith("ce_")) {
        return false;
      }
    }
    return true;
  }

  private static CloudEvent event(Headers headers, byte @Nullable [] value)
      throws ChunkRejectedException {
    for (String required : new String[] {"specversion", "id", "source", "type"}) {
      Header header = headers.lastHeader("ce_" + required);
      if (header == null || header.value() == null || text(header).isBlank()) {
        throw new ChunkRejectedException(
            Reason.BAD_ENVELOPE, "header ce_" + required + " is missing");
      }
    }
    String version = text(headers.lastHeader("ce_specversion"));
    if (!version.equals("1.0")) {
      throw new ChunkRejectedException(
          Reason.BAD_ENVELOPE,
          "header ce_specversion names CloudEvents version " + version + "; only 1.0 is read");
    }
    for (Header header : headers) {
      boolean read = header.key().startsWith("ce_") || header.key().equals("content-type");
      if (read && header.value() == null) {
        throw new ChunkRejectedException(
            Reason.BAD_ENVELOPE, "header " + header.key() + " has no value");
      }
    }
    try {
      return KafkaMessageFactory.createReader(headers, value).toEvent();
    } catch (CloudEventRWException | IllegalStateException | IllegalArgumentException e) {
      throw new ChunkRejectedException(
          Reason.BAD_ENVELOPE, "CloudEvents headers cannot be read: " + e.getMessage());
    }
  }

  private static InputType type(CloudEvent event) throws ChunkRejectedException {
    Optional<InputType> type = InputType.named(event.getType());
    if (type.isEmpty()) {
      throw new ChunkRejectedException(
          Reason.BAD_ENVELOPE,
          "header ce_type is none of %s: %s"
              .formatted(
                  Arrays.stream(InputType.values())
                      .map(InputType::cloudEventsType)
                      .collect(Collectors.joining(", ")),
                  event.getType()));
    }
    return type.get();
  }

  InputType type() {
    return type;
  }

  /// The record's own timestamp.
  Instant recordTime() {
    return recordTime;
  }

  /// Absolute time of presentation time zero, in whole microseconds; empty when the producer does
  /// not state it.
  ///
  /// @throws ChunkRejectedException when it is implausible, or the record's own timestamp is where
  ///   that stands in for it
  Optional<Instant> time() throws ChunkRejectedException {
    OffsetDateTime time = event == null ? null : event.getTime();
    if (time == null) {
      checkPlausible("the record's timestamp", recordTime);
      return Optional.empty();
    }
    checkPlausible("header ce_time", time.toInstant());
    return Optional.of(time.toInstant().truncatedTo(ChronoUnit.MICROS));
  }

  private static void checkPlausible(String what, Instant time) throws ChunkRejectedException {
    if (time.isBefore(EARLIEST) || !time.isBefore(LATEST)) {
      throw new ChunkRejectedException(
          Reason.BAD_TIME,
          "%s says %s; times from %s to %s are accepted".formatted(what, time, EARLIEST, LATEST));
    }
  }

  /// The chunk's number in its stream.
  OptionalLong sequence() throws ChunkRejectedException {
    return number(SEQUENCE);
  }

  Optional<Duration> duration() throws ChunkRejectedException {
    OptionalLong millis = number(DURATION_MS);
    if (millis.isEmpty()) {
      return Optional.empty();
    }
    if (millis.getAsLong() > MAX_DURATION_MS) {
      throw new ChunkRejectedException(
          Reason.BAD_TIME,
          "header ce_durationms says %d, which is more than a day".formatted(millis.getAsLong()));
    }
    return Optional.of(Duration.ofMillis(millis.getAsLong()));
  }

  boolean isRedriven() {
    return event != null && event.getExtension(REDRIVEN) != null;
  }

  private OptionalLong number(String extension) throws ChunkRejectedException {
    Object value = event == null ? null : event.getExtension(extension);
    if (value == null) {
      return OptionalLong.empty();
    }
    try {
      long number = Long.parseLong(value.toString());
      if (number >= 0 && number <= MAX_NUMBER) {
        return OptionalLong.of(number);
      }
    } catch (NumberFormatException e) {
      // Rejected below.
    }
    throw new ChunkRejectedException(
        Reason.BAD_ENVELOPE,
        "header ce_%s is not a whole number from 0: %s; the largest is %d"
            .formatted(extension, value, MAX_NUMBER));
  }

  private static String text(Header header) {
    return header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
