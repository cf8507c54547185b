package io.chronoscope.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.testing.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ResultEnvelopeTest {

  private static final ResultEnvelope ENVELOPE =
      new ResultEnvelope(TopicNames.DEFAULT, URI.create("/chronoscope"));

  @Test
  void roundTripsEveryResultAsItsSchemaDescribes() throws IOException {
    Map<ResultType, JsonSchema> schemas = schemas();
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      Result result = Samples.random(random);
      ProducerRecord<String, byte[]> record = ENVELOPE.write(result, 4);
      assertThat(ResultEnvelope.read(received(record))).isEqualTo(result);
      JsonNode json = Json.parse(record.value());
      JsonSchema schema = schemas.get(ResultType.of(result));
      assertThat(schema.validate(json)).as(json.toString()).isEmpty();
      assertThat(undeclared(json, schema.getSchemaNode(), schema.getSchemaNode())).isEmpty();
      // A consumer of this version reads what a later one adds.
      ObjectNode more = json.deepCopy();
      more.put("surplus", 1);
      assertThat(schema.validate(more)).isEmpty();
      assertThat(ResultJson.parse(Json.bytes(more))).isEqualTo(result);
      for (String field :
          Json.parse(record.value()).properties().stream()
              .map(Map.Entry::getKey)
              .filter(required(schema)::contains)
              .toList()) {
        ObjectNode less = json.deepCopy();
        less.remove(field);
        assertThat(schema.validate(less)).as("without " + field).isNotEmpty();
        assertThatThrownBy(() -> ResultJson.parse(Json.bytes(without(less))))
            .isInstanceOf(MalformedRecordException.class);
      }
    }
  }

  /// Fields of a record, at any depth, that its schema does not declare.
  private static List<String> undeclared(JsonNode json, JsonNode schema, JsonNode root) {
    if (schema.has("$ref")) {
      String definition = schema.get("$ref").textValue().replace("#/$defs/", "");
      return undeclared(json, root.get("$defs").get(definition), root);
    }
    List<String> names = new ArrayList<>();
    json.properties()
        .forEach(field -> {
          JsonNode declared = schema.path("properties").path(field.getKey());
          if (declared.isMissingNode()) {
            names.add(field.getKey());
          } else {
            names.addAll(undeclared(field.getValue(), declared, root));
          }
        });
    if (json.isArray()) {
      json.forEach(item -> names.addAll(undeclared(item, schema.path("items"), root)));
    }
    return names;
  }

  private static Set<String> required(JsonSchema schema) {
    Set<String> names = new HashSet<>();
    schema.getSchemaNode().get("required").forEach(name -> names.add(name.asText()));
    return names;
  }

  /// The id of a dead letter is derived from its origin, so reading does not require it.
  private static ObjectNode without(ObjectNode less) {
    if (!less.has("id") && less.path("type").asText().equals("io.chronoscope.chunk.rejected")) {
      less.remove("origin");
    }
    return less;
  }

  @Test
  void addsWhatIsKnownAboutTheRecordToADeadLetter() throws IOException {
    DeadLetter letter =
        (DeadLetter)
            new Random(7)
                .ints()
                .mapToObj(i -> Samples.random(new Random(i)))
                .filter(DeadLetter.class::isInstance)
                .findFirst()
                .orElseThrow();
    ProducerRecord<String, byte[]> record =
        ENVELOPE.write(
            letter,
            new RejectedRecord(
                Instant.ofEpochMilli(1_700_000_000_123L),
                42,
                Optional.of(
                    new Media.Reference(URI.create("s3://b/k"), 4_200_000, "0a".repeat(32))),
                Optional.of("video.chunks/0/3")),
            4);
    JsonNode json = Json.parse(record.value());
    assertThat(schemas().get(ResultType.DEAD_LETTER).validate(json)).isEmpty();
    assertThat(json.get("recordTime").asText()).isEqualTo("2023-11-14T22:13:20.123Z");
    assertThat(json.get("sizeBytes").asInt()).isEqualTo(42);
    assertThat(json.at("/reference/uri").asText()).isEqualTo("s3://b/k");
    assertThat(json.at("/reference/sizeBytes").asInt()).isEqualTo(4_200_000);
    assertThat(json.get("redriveOf").asText()).isEqualTo("video.chunks/0/3");
    assertThat(ResultEnvelope.read(received(record))).isEqualTo(letter);
  }

  @Test
  void keysByEventAndPartitionsByStream() {
    ProducerRecord<String, byte[]> first = ENVELOPE.write(Samples.event("e1", 1, "cam"), 8);
    ProducerRecord<String, byte[]> second = ENVELOPE.write(Samples.event("e2", 1, "cam"), 8);
    assertThat(first.key()).isEqualTo("e1");
    assertThat(second.key()).isEqualTo("e2");
    assertThat(first.partition()).isEqualTo(second.partition());
    Map<Integer, Integer> spread = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      spread.merge(
          ENVELOPE.write(Samples.event("e", 1, "cam" + i), 8).partition(), 1, Integer::sum);
    }
    assertThat(spread.keySet()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void writesTheSameRecordForTheSameResultAndAnIdPerRevision() {
    ProducerRecord<String, byte[]> once = ENVELOPE.write(Samples.event("e1", 1, "cam"), 8);
    ProducerRecord<String, byte[]> again = ENVELOPE.write(Samples.event("e1", 1, "cam"), 8);
    assertThat(again.value()).isEqualTo(once.value());
    assertThat(again.headers().toArray()).isEqualTo(once.headers().toArray());
    assertThat(header(once, "ce_id")).isEqualTo("e1/1");
    assertThat(header(ENVELOPE.write(Samples.event("e1", 2, "cam"), 8), "ce_id")).isEqualTo("e1/2");
    assertThat(header(once, "ce_type")).isEqualTo("io.chronoscope.event");
    assertThat(header(once, "ce_subject")).isEqualTo("cam");
    assertThat(header(once, "ce_dataschema")).isEqualTo("urn:chronoscope:schema:event:1");
    assertThat(header(once, "content-type")).isEqualTo("application/json");
  }

  @Test
  void endsWithdrawnResultsWithATombstoneAndNoOthers() {
    Random random = new Random(5);
    int withdrawn = 0;
    for (int i = 0; i < 300; i++) {
      Result result = Samples.random(random);
      var tombstone = ENVELOPE.tombstone(result, 4);

      assertThat(tombstone.isPresent())
          .isEqualTo(ResultJson.write(result).path("status").asText().equals("withdrawn"));
      if (tombstone.isPresent()) {
        ProducerRecord<String, byte[]> record = ENVELOPE.write(result, 4);
        assertThat(tombstone.get().value()).isNull();
        assertThat(tombstone.get().topic()).isEqualTo(record.topic());
        assertThat(tombstone.get().key()).isEqualTo(record.key());
        assertThat(tombstone.get().partition()).isEqualTo(record.partition());
        withdrawn++;
      }
    }
    assertThat(withdrawn).isPositive();
  }

  @Test
  void sendsEachTypeToItsTopic() {
    Random random = new Random(3);
    for (int i = 0; i < 100; i++) {
      Result result = Samples.random(random);
      assertThat(ENVELOPE.write(result, 2).topic())
          .isEqualTo(
              switch (result) {
                case VideoEvent event -> "video.events";
                case Gap gap -> "video.events";
                case StreamEnd end -> "video.events";
                case Alert alert -> "video.alerts";
                case QuestionAnswer answer -> "video.answers";
                case Summary summary -> "video.summaries";
                case Unanswered unanswered -> "video.summaries";
                case DeadLetter letter -> "video.chunks.dlq";
              });
    }
  }

  @Test
  void namesTheInvalidField() {
    assertThatThrownBy(() -> ResultJson.parse("[]".getBytes(UTF_8)))
        .hasMessage("the value is not a JSON object");
    assertThatThrownBy(() -> ResultJson.parse("{".getBytes(UTF_8)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageStartingWith("not JSON");
    ObjectNode event = ResultJson.write(Samples.event("e", 1, "cam"));
    event.put("start", "yesterday");
    assertThatThrownBy(() -> ResultJson.parse(Json.bytes(event)))
        .hasMessageContaining("start is not an RFC 3339 time: yesterday");
    ObjectNode nested = ResultJson.write(Samples.event("e", 1, "cam"));
    ((ObjectNode) nested.get("sampling")).put("framesSeen", 1.5);
    assertThatThrownBy(() -> ResultJson.parse(Json.bytes(nested)))
        .hasMessageContaining("sampling.framesSeen is not a whole number");
  }

  static Map<ResultType, JsonSchema> schemas() throws IOException {
    Map<ResultType, JsonSchema> schemas = new EnumMap<>(ResultType.class);
    for (ResultType type : ResultType.values()) {
      String name = type.schema().toString().split(":")[3];
      try (InputStream in =
          Files.newInputStream(Path.of("kafka/schemas/" + name + ".schema.json"))) {
        schemas.put(type, JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(in));
      }
    }
    return schemas;
  }

  private static String header(ProducerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  static ConsumerRecord<byte[], byte[]> received(ProducerRecord<String, byte[]> record) {
    return new ConsumerRecord<>(
        record.topic(),
        3,
        17,
        record.timestamp() == null ? 1_700_000_000_123L : record.timestamp(),
        TimestampType.CREATE_TIME,
        -1,
        -1,
        record.key() == null ? null : record.key().getBytes(UTF_8),
        record.value(),
        new RecordHeaders(record.headers().toArray()),
        java.util.Optional.empty());
  }
}
