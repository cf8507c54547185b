package io.chronoscope.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/// Builds the record that redrives a rejected one.
public final class RedrivenRecord {

  private RedrivenRecord() {}

  /// An identical record: same topic, partition, key, headers and value.
  public static ProducerRecord<byte[], byte[]> unchanged(ConsumerRecord<byte[], byte[]> rejected) {
    // With the old timestamp it could be past its retention on arrival.
    return new ProducerRecord<>(
        rejected.topic(),
        rejected.partition(),
        null,
        rejected.key(),
        rejected.value(),
        rejected.headers());
  }

  /// The same chunk, marked with the id of the dead letter (`ce_redriven`). Without a declared
  /// start time it gets the rejected record's timestamp as one, because its time in the stream must
  /// not depend on when it is redriven. A bare record gets the headers that CloudEvents require.
  ///
  /// @param source the `ce_source` for a bare record
  public static ProducerRecord<byte[], byte[]> chunk(
      ConsumerRecord<byte[], byte[]> rejected, String letter, URI source) {
    ProducerRecord<byte[], byte[]> again = unchanged(rejected);
    Headers headers = canonical(again.headers());
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
      put(headers, "time", Rfc3339.format(Instant.ofEpochMilli(Math.max(0, rejected.timestamp()))));
    }
    put(headers, ChunkHeaders.REDRIVEN, letter);
    return new ProducerRecord<>(
        again.topic(), again.partition(), null, again.key(), again.value(), headers);
  }

  /// The headers under their canonical names; unchanged where two names contradict each other,
  /// which the next attempt reports again.
  private static Headers canonical(Headers headers) {
    try {
      return AttributeHeaders.canonical(headers);
    } catch (ChunkRejectedException e) {
      return headers;
    }
  }

  private static void put(Headers headers, String attribute, String value) {
    headers.remove("ce_" + attribute).add("ce_" + attribute, value.getBytes(UTF_8));
  }
}
