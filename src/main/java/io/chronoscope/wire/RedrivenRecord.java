package io.chronoscope.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/// A refused record as it is sent again.
public final class RedrivenRecord {

  private RedrivenRecord() {}

  /// The record as it was: same topic, partition, key, headers and value.
  public static ProducerRecord<byte[], byte[]> unchanged(ConsumerRecord<byte[], byte[]> refused) {
    // Its timestamp is a new one: with the old one it could be past its retention on arrival.
    return new ProducerRecord<>(
        refused.topic(),
        refused.partition(),
        null,
        refused.key(),
        refused.value(),
        refused.headers());
  }

  /// A chunk as it was, marked with the letter's id (`ce_redriven`). One that does not say when it
  /// starts now says that it starts at the refused record's timestamp: its place in time must not
  /// be that of its second coming. A bare record gets the headers that CloudEvents ask for.
  ///
  /// @param source the `ce_source` of a record that had none
  public static ProducerRecord<byte[], byte[]> chunk(
      ConsumerRecord<byte[], byte[]> refused, String letter, URI source) {
    ProducerRecord<byte[], byte[]> again = unchanged(refused);
    Headers headers = again.headers();
    boolean bare = true;
    for (Header header : headers) {
      bare &= !header.key().startsWith("ce_");
    }
    if (bare) {
      put(headers, "specversion", "1.0");
      put(headers, "id", letter);
      put(headers, "source", source.toString());
      put(headers, "type", InputType.CHUNK.cloudEventsType());
    }
    if (headers.lastHeader("ce_time") == null) {
      put(headers, "time", Rfc3339.format(Instant.ofEpochMilli(Math.max(0, refused.timestamp()))));
    }
    put(headers, ChunkHeaders.REDRIVEN, letter);
    return again;
  }

  private static void put(Headers headers, String attribute, String value) {
    headers.remove("ce_" + attribute).add("ce_" + attribute, value.getBytes(UTF_8));
  }
}
