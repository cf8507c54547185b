package io.chronoscope.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/// A Kafka record as text, so that its headers are easy to mutate and to read: the key, a line for
/// each header (`name: value`), an empty line, the value. The header `timestamp` is the record's; a
/// line without a colon is a header without a value.
public final class HeaderText {

  private static final String TIMESTAMP = "timestamp";
  private static final long NOW = 1_767_268_800_000L;

  private HeaderText() {}

  public static ConsumerRecord<byte[], byte[]> record(String topic, byte[] text) {
    int at = lineEnd(text, 0);
    byte[] key = Arrays.copyOf(text, at);
    long timestamp = NOW;
    RecordHeaders headers = new RecordHeaders();
    while (at < text.length) {
      int from = at + 1;
      at = lineEnd(text, from);
      if (at == from) {
        break;
      }
      byte[] line = Arrays.copyOfRange(text, from, at);
      int colon = indexOf(line, ':', 0);
      String name =
          new String(line, 0, colon < 0 ? line.length : colon, StandardCharsets.UTF_8).strip();
      byte[] value = colon < 0 ? null : valueOf(line, colon);
      if (name.equals(TIMESTAMP)) {
        timestamp = number(value).orElse(timestamp);
      } else {
        headers.add(name, value);
      }
    }
    byte[] value = at >= text.length ? null : Arrays.copyOfRange(text, at + 1, text.length);
    return record(topic, key.length == 0 ? null : key, value, headers, timestamp);
  }

  /// @param key null for none
  /// @param value null for a tombstone
  public static ConsumerRecord<byte[], byte[]> record(
      String topic,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Headers headers,
      long timestamp) {
    return new ConsumerRecord<>(
        topic,
        0,
        7,
        timestamp,
        TimestampType.CREATE_TIME,
        key == null ? 0 : key.length,
        value == null ? 0 : value.length,
        key,
        value,
        headers,
        Optional.empty());
  }

  private static byte[] valueOf(byte[] line, int colon) {
    int from = colon + 1 < line.length && line[colon + 1] == ' ' ? colon + 2 : colon + 1;
    return Arrays.copyOfRange(line, from, line.length);
  }

  private static Optional<Long> number(byte @Nullable [] text) {
    try {
      return text == null
          ? Optional.empty()
          : Optional.of(Long.parseLong(new String(text, StandardCharsets.UTF_8)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static int lineEnd(byte[] text, int from) {
    int end = indexOf(text, '\n', from);
    return end < 0 ? text.length : end;
  }

  private static int indexOf(byte[] text, char wanted, int from) {
    for (int i = from; i < text.length; i++) {
      if (text[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
