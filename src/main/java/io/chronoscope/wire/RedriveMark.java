package io.chronoscope.wire;

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

/// The word, on the dead letters' topic, that a dead letter's record was sent again.
///
/// @param letter id of the dead letter
/// @param to where the record lies now
public record RedriveMark(String letter, String stream, Instant at, ChunkOrigin to) {

  public static final String TYPE = "io.chronoscope.dead-letter.redriven";
  private static final URI SCHEMA = URI.create("urn:chronoscope:schema:redriven:1");

  /// Whether a record of the dead letters' topic is such a mark.
  public static boolean isOne(ConsumerRecord<?, ?> record) {
    Header type = record.headers().lastHeader("ce_type");
    return type != null
        && type.value() != null
        && new String(type.value(), StandardCharsets.UTF_8).equals(TYPE);
  }

  /// @throws MalformedRecordException naming the field that is missing or wrong
  public static RedriveMark read(byte[] value) {
    JsonFields json = JsonFields.parse(value);
    return new RedriveMark(
        json.text("id"),
        json.text("stream"),
        json.instant("at"),
        ResultJson.readOrigin(json.object("to")));
  }

  public ObjectNode json() {
    ObjectNode json =
        JsonFields.newObject()
            .put("type", TYPE)
            .put("id", letter)
            .put("stream", stream)
            .put("at", JsonFields.time(at));
    json.set("to", ResultJson.writeOrigin(to));
    return json;
  }

  /// The record to be sent; it lies on the partition of its letter, after it.
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
                .withData("application/json", JsonFields.bytes(json()))
                .build());
  }
}
