package io.chronoscope.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/// A record of a topic, and a line of `src/test/resources/recorded` (see the README there). Two
/// records have the same [#bytes()] exactly when topic, key, headers in their order, and value are
/// equal to the byte.
///
/// @param record as a reader receives it; on partition 0 when the line names none
/// @param partition its partition; empty when its producer leaves that to the partitioner
/// @param from how it was recorded
/// @param redriven whether it was written by a redrive
/// @param cutFrom the original length of its value, when only the beginning was recorded
public record RecordedRecord(
    ConsumerRecord<byte[], byte[]> record,
    OptionalInt partition,
    From from,
    boolean redriven,
    OptionalInt cutFrom) {

  public static final Path FOLDER = Path.of("src/test/resources/recorded");

  /// Number of bytes recorded of a chunk's media.
  private static final int MEDIA_BYTES = 48;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /// How a record was recorded.
  public enum From {
    /// The service and the commands wrote it, see `RecordTopics`.
    RUN,
    /// A test called the program's writers directly.
    SAMPLE
  }

  /// A record read from a topic.
  public static RecordedRecord ofRun(ConsumerRecord<byte[], byte[]> record, boolean redriven) {
    byte[] value = record.value();
    boolean cut = isMedia(record) && value != null && value.length > MEDIA_BYTES;
    return new RecordedRecord(
        consumed(
            record.topic(),
            record.partition(),
            record.key(),
            record.headers(),
            cut ? Arrays.copyOf(value, MEDIA_BYTES) : value),
        OptionalInt.of(record.partition()),
        From.RUN,
        redriven,
        cut ? OptionalInt.of(value.length) : OptionalInt.empty());
  }

  private static boolean isMedia(ConsumerRecord<?, ?> record) {
    Header type = record.headers().lastHeader("ce_type");
    return record.topic().equals(TopicNames.DEFAULT.of(Topic.CHUNKS))
        && (type == null
            || new String(type.value(), UTF_8).equals(InputType.CHUNK.cloudEventsType()));
  }

  /// A record made by a writer.
  public static RecordedRecord ofSample(ProducerRecord<?, byte[]> record, boolean redriven) {
    return new RecordedRecord(
        sent(record),
        record.partition() == null ? OptionalInt.empty() : OptionalInt.of(record.partition()),
        From.SAMPLE,
        redriven,
        OptionalInt.empty());
  }

  /// A record to send, as a reader will receive it: with its key as the serializers write it.
  public static ConsumerRecord<byte[], byte[]> sent(ProducerRecord<?, byte[]> record) {
    return consumed(
        record.topic(),
        record.partition() == null ? 0 : record.partition(),
        record.key() instanceof String key ? key.getBytes(UTF_8) : (byte[]) record.key(),
        record.headers(),
        record.value());
  }

  private static ConsumerRecord<byte[], byte[]> consumed(
      String topic,
      int partition,
      byte @Nullable [] key,
      Headers headers,
      byte @Nullable [] value) {
    return new ConsumerRecord<>(
        topic,
        partition,
        0,
        ConsumerRecord.NO_TIMESTAMP,
        TimestampType.NO_TIMESTAMP_TYPE,
        0,
        0,
        key,
        value,
        headers,
        Optional.empty());
  }

  /// The recording of a topic.
  public static List<RecordedRecord> of(String topic) {
    try {
      return Files.readAllLines(FOLDER.resolve(topic + ".jsonl"), UTF_8).stream()
          .map(RecordedRecord::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Topic, key, headers and value, without the further fields of the line.
  public String bytes() {
    return bytes(record);
  }

  public static String bytes(ConsumerRecord<byte[], byte[]> record) {
    return text(json(record));
  }

  /// As one line, without the line break.
  public String line() {
    ObjectNode json = json(record);
    partition.ifPresent(number -> json.put("partition", number));
    json.put("from", Json.nameOf(from));
    if (redriven) {
      json.put("redriven", true);
    }
    cutFrom.ifPresent(length -> json.put("cutFrom", length));
    return text(json);
  }

  private static ObjectNode json(ConsumerRecord<byte[], byte[]> record) {
    ObjectNode json = JSON.createObjectNode().put("topic", record.topic());
    json.set("key", written(record.key(), "hex"));
    ArrayNode headers = json.putArray("headers");
    record
        .headers()
        .forEach(one -> headers.addArray().add(one.key()).add(written(one.value(), "hex")));
    json.set("value", written(record.value(), "base64"));
    return json;
  }

  /// Text that is UTF-8 as itself, other bytes as an object that names their notation.
  private static JsonNode written(byte @Nullable [] bytes, String notation) {
    if (bytes == null) {
      return JSON.nullNode();
    }
    try {
      return JSON.getNodeFactory()
          .textNode(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return JSON.createObjectNode()
          .put(
              notation,
              notation.equals("hex")
                  ? HexFormat.of().formatHex(bytes)
                  : Base64.getEncoder().encodeToString(bytes));
    }
  }

  private static String text(JsonNode json) {
    try {
      return JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RecordedRecord parse(String line) {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no line of a recording: " + line, e);
    }
    RecordHeaders headers = new RecordHeaders();
    json.required("headers")
        .forEach(header -> headers.add(header.required(0).asText(), read(header.required(1))));
    OptionalInt partition = number(json, "partition");
    RecordedRecord parsed =
        new RecordedRecord(
            consumed(
                json.required("topic").asText(),
                partition.orElse(0),
                read(json.required("key")),
                headers,
                read(json.required("value"))),
            partition,
            From.valueOf(json.required("from").asText().toUpperCase(Locale.ROOT)),
            json.path("redriven").asBoolean(),
            number(json, "cutFrom"));
    if (!parsed.line().equals(line)) {
      throw new IllegalArgumentException("a line that nobody wrote like this: " + line);
    }
    return parsed;
  }

  private static OptionalInt number(JsonNode json, String field) {
    return json.has(field) ? OptionalInt.of(json.get(field).intValue()) : OptionalInt.empty();
  }

  private static byte @Nullable [] read(JsonNode written) {
    if (written.isNull()) {
      return null;
    }
    if (written.isTextual()) {
      return written.textValue().getBytes(UTF_8);
    }
    return written.has("hex")
        ? HexFormat.of().parseHex(written.get("hex").asText())
        : Base64.getDecoder().decode(written.required("base64").asText());
  }
}
