package io.chronoscope.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.chronoscope.domain.StreamInput.Unreadable;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Holds the readers of what other programs send to the published schemas: whatever violates a
/// constraint of the schema is rejected, and the reason names the field. Readers may be stricter.
class InputSchemasTest {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /// The keywords whose violations [#values] generates, and those that constrain nothing.
  private static final Set<String> KEYWORDS =
      Set.of(
          "type",
          "minLength",
          "maxLength",
          "minimum",
          "maximum",
          "pattern",
          "format",
          "const",
          "enum",
          "default",
          "description");

  /// Where readers are more lenient than the schema, as they have been from the start.
  private static final Set<String> LENIENT =
      Set.of("ce_sequence=\"+12\"", "ce_durationms=\"+12\"", "ce_redriven=\"\"");

  enum Input {
    RULE(
        "rule",
        """
        {"text":"a dog","streams":"cam-*","threshold":0.5,"coolDownSeconds":60,"priority":3}\
        """,
        json -> rejection(RuleRecord.read(record("r", Json.bytes(json))))),
    QUESTION(
        "question",
        """
        {"stream":"cam","question":"a dog","from":"2026-01-01T12:00:00Z","to":"2026-01-01T12:01:00Z"}\
        """,
        json -> rejection(QuestionRecord.read(record("q", Json.bytes(json))))),
    REFERENCE(
        "chunk-reference",
        """
        {"uri":"s3://bucket/key","sizeBytes":17,"sha256":"%s"}\
        """
            .formatted("0a".repeat(32)),
        json -> {
          ProducerRecord<String, byte[]> record =
              new ProducerRecord<>("video.chunks", "cam", Json.bytes(json));
          header(record, "ce_specversion", "1.0");
          header(record, "ce_id", "cam/1");
          header(record, "ce_source", "/test");
          header(record, "ce_type", InputType.CHUNK_REFERENCE.cloudEventsType());
          return rejection(record);
        }),
    HEADERS(
        "chunk-headers",
        """
        {"ce_specversion":"1.0","ce_id":"cam/1","ce_source":"/test","ce_type":"io.chronoscope.chunk",
         "ce_subject":"cam","ce_time":"2026-01-01T12:00:00Z","ce_sequence":"1","ce_durationms":"4000",
         "ce_redriven":"video.chunks/0/1","ce_clock":"rtcp","content-type":"video/mp4"}\
        """,
        json -> {
          ProducerRecord<String, byte[]> record =
              new ProducerRecord<>("video.chunks", "cam", new byte[1]);
          json.properties()
              .forEach(field -> header(record, field.getKey(), field.getValue().textValue()));
          return rejection(record);
        });

    private final String schema;
    private final String valid;
    private final Function<ObjectNode, Optional<String>> reader;

    Input(String schema, String valid, Function<ObjectNode, Optional<String>> reader) {
      this.schema = schema;
      this.valid = valid;
      this.reader = reader;
    }

    ObjectNode valid() {
      return Json.parse(valid.getBytes(UTF_8));
    }

    JsonSchema schema() {
      try (InputStream in =
          Files.newInputStream(Path.of("kafka/schemas/" + schema + ".schema.json"))) {
        return JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(in, SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void acceptsAnObjectWithEveryFieldAndOneWithTheRequiredFieldsOnly(Input input) {
    JsonSchema schema = input.schema();
    ObjectNode all = input.valid();
    assertThat(fields(all)).containsExactlyInAnyOrderElementsOf(fields(properties(schema)));
    assertThat(schema.validate(all)).isEmpty();
    assertThat(input.reader.apply(all)).isEmpty();

    ObjectNode required = all.retain(required(schema));
    assertThat(schema.validate(required)).isEmpty();
    assertThat(input.reader.apply(required)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void rejectsAnObjectWithoutARequiredField(Input input) {
    JsonSchema schema = input.schema();
    for (String field : required(schema)) {
      ObjectNode less = input.valid();
      less.remove(field);
      assertThat(schema.validate(less)).isNotEmpty();
      assertThat(input.reader.apply(less)).as("without %s", field).isPresent();
      assertThat(input.reader.apply(less).orElseThrow()).contains(field + " is missing");
    }
  }

  @ParameterizedTest
  @EnumSource
  void rejectsAnUnknownFieldWhereTheSchemaDoes(Input input) {
    ObjectNode more = input.valid().put("surplus", "1");
    boolean valid = input.schema().validate(more).isEmpty();
    assertThat(input.reader.apply(more).isEmpty()).isEqualTo(valid);
    if (!valid) {
      assertThat(input.reader.apply(more).orElseThrow()).contains("the field surplus is unknown");
    }
  }

  @ParameterizedTest
  @EnumSource
  void rejectsEveryValueThatViolatesTheSchema(Input input) {
    JsonSchema schema = input.schema();
    int violations = 0;
    Set<String> lenient = new HashSet<>();
    for (String field : fields(input.valid())) {
      JsonNode constraints = properties(schema).get(field);
      assertThat(KEYWORDS).as("keywords of %s", field).containsAll(fields(constraints));
      for (JsonNode value : values(constraints)) {
        if (input == Input.HEADERS && !value.isTextual()) {
          continue;
        }
        ObjectNode changed = input.valid();
        changed.set(field, value);
        Optional<String> rejection = input.reader.apply(changed);
        if (schema.validate(changed).isEmpty()) {
          continue;
        }
        violations++;
        String text = field + "=" + value;
        if (rejection.isEmpty()) {
          lenient.add(text);
        } else if (value.isNull() || !value.isTextual()) {
          assertThat(rejection.get()).as(text).contains(field);
        }
      }
    }
    assertThat(violations).isGreaterThan(10);
    assertThat(LENIENT).as("accepted against the schema").containsAll(lenient);
  }

  @Test
  void acceptsTheLimitsThemselves() {
    for (Input input : Input.values()) {
      JsonSchema schema = input.schema();
      properties(schema)
          .properties()
          .forEach(property -> {
            List<JsonNode> limits = new ArrayList<>();
            for (String keyword : List.of("minimum", "maximum")) {
              Optional.ofNullable(property.getValue().get(keyword)).ifPresent(limits::add);
            }
            Optional.ofNullable(property.getValue().get("maxLength"))
                .ifPresent(length -> limits.add(JSON.textNode("x".repeat(length.asInt()))));
            for (JsonNode limit : limits) {
              ObjectNode changed = input.valid();
              changed.set(property.getKey(), limit);
              assertThat(schema.validate(changed)).isEmpty();
              assertThat(input.reader.apply(changed))
                  .as("%s %s=%s", input, property.getKey(), limit)
                  .isEmpty();
            }
          });
    }
  }

  /// Values of every JSON type, and for every constraint one that violates it.
  private static List<JsonNode> values(JsonNode constraints) {
    List<JsonNode> values =
        new ArrayList<>(
            List.of(
                JSON.nullNode(),
                JSON.booleanNode(true),
                JSON.numberNode(7),
                JSON.numberNode(-1),
                JSON.numberNode(1.5),
                JSON.numberNode(1e300),
                JSON.arrayNode().add("x"),
                JSON.objectNode().put("x", 1)));
    for (String text :
        List.of(
            "",
            " ",
            "x",
            "-1",
            "+12",
            "1.5",
            "12345678901234567890",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "2026-01-01",
            "a b:c",
            "a/b",
            "0a".repeat(31) + "0x",
            "0a".repeat(33))) {
      values.add(JSON.textNode(text));
    }
    if (constraints.has("maxLength")) {
      values.add(JSON.textNode("x".repeat(constraints.get("maxLength").asInt() + 1)));
    }
    if (constraints.has("minimum")) {
      values.add(JSON.numberNode(constraints.get("minimum").asDouble() - 0.01));
    }
    if (constraints.has("maximum")) {
      values.add(JSON.numberNode(constraints.get("maximum").asDouble() + 0.01));
    }
    return values;
  }

  private static JsonNode properties(JsonSchema schema) {
    return schema.getSchemaNode().get("properties");
  }

  private static Set<String> required(JsonSchema schema) {
    Set<String> required = new HashSet<>();
    schema.getSchemaNode().get("required").forEach(field -> required.add(field.asText()));
    return required;
  }

  private static Set<String> fields(JsonNode object) {
    Set<String> fields = new HashSet<>();
    object.properties().stream().map(Map.Entry::getKey).forEach(fields::add);
    return fields;
  }

  private static void header(ProducerRecord<String, byte[]> record, String name, String value) {
    record.headers().add(name, value.getBytes(UTF_8));
  }

  private static ConsumerRecord<byte[], byte[]> record(String key, byte[] value) {
    return new ConsumerRecord<>("topic", 0, 0, key.getBytes(UTF_8), value);
  }

  private static Optional<String> rejection(RuleChange change) {
    return change instanceof RuleChange.Malformed malformed
        ? Optional.of(malformed.rejection().detail())
        : Optional.empty();
  }

  private static Optional<String> rejection(ReceivedQuestion question) {
    return switch (question) {
      case ReceivedQuestion.Valid valid -> Optional.empty();
      case ReceivedQuestion.Invalid invalid -> Optional.of(invalid.problem());
      case ReceivedQuestion.Unreadable unreadable -> Optional.of(unreadable.rejection().detail());
    };
  }

  private static Optional<String> rejection(ProducerRecord<String, byte[]> record) {
    try {
      return new ChunkEnvelope(100).read(ResultEnvelopeTest.received(record))
              instanceof Unreadable unreadable
          ? Optional.of(unreadable.rejection().detail())
          : Optional.empty();
    } catch (ChunkEnvelope.NoStreamException e) {
      throw new AssertionError(e);
    }
  }
}
