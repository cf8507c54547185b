package io.chronoscope.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.ChunkOrigin;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/// A record of the dead-letter topic which marks that the record of a dead letter was redriven.
///
/// @param letter id of the dead letter
/// @param to the position of the redriven record
public record RedriveMark(
    @JsonProperty("id") String letter, String stream, Instant at, ChunkOrigin to) {

  static final String TYPE = "io.chronoscope.dead-letter.redriven";
  private static final URI SCHEMA = URI.create("urn:chronoscope:schema:redriven:1");

  /// Whether a record of the dead-letter topic is a mark.
  public static boolean isMark(ConsumerRecord<?, ?> record) {
    Header type = record.headers().lastHeader("ce_type");
    return type != null
        && type.value() != null
        && new String(type.value(), StandardCharsets.UTF_8).equals(TYPE);
  }

  /// @throws MalformedRecordException naming the field that is missing or wrong
  public static RedriveMark read(byte[] value) {
    return Json.read(Json.parse(value), RedriveMark.class);
  }

  public ObjectNode json() {
    return Json.newObject().put("type", TYPE).setAll(Json.write(this));
  }

  /// The record to send: on the partition of its dead letter, after it.
  ///
  /// @param partitions partitions of `topic`
  public ProducerRecord<String, byte[]> record(String topic, URI source, int partitions) {
    return KafkaMessageFactory.createWriter(
            topic, ResultEnvelope.partition(stream, partitions), stream)
        .writeBinary(
            CloudEventBuilder.v1()
                .withId(letter + "/" + to.partition() + "/" + to.offset())
                .withSource(source)
                .withType(TYPE)
                .withSubject(stream)
                .withTime(at.atOffset(ZoneOffset.UTC))
                .withDataSchema(SCHEMA)
                .withData("application/json", Json.bytes(json()))
                .build());
  }
}
