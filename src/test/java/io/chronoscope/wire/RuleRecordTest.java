package io.chronoscope.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.rule.Rule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleRecordTest {

  private static final ChunkOrigin AT = new ChunkOrigin("video.rules", 0, 7);

  private static RuleChange read(String key, String value) {
    return RuleRecord.read(
        new ConsumerRecord<>(
            AT.topic(),
            AT.partition(),
            AT.offset(),
            key == null ? null : key.getBytes(UTF_8),
            value == null ? null : value.getBytes(UTF_8)));
  }

  @Test
  void readsWhatItWrites() {
    Rule rule =
        new Rule(
            "stop",
            "it's a red circle that stops",
            new StreamPattern("cam-*"),
            0.75,
            Duration.ofMillis(1500),
            -3);
    ProducerRecord<byte[], byte[]> written = RuleRecord.put("video.rules", rule);
    assertThat(read(new String(written.key(), UTF_8), new String(written.value(), UTF_8)))
        .isEqualTo(new RuleChange.Put(AT, rule));
  }

  @Test
  void appliesDefaults() {
    assertThat(read("a", "{\"text\": \"a dog\"}"))
        .isEqualTo(
            new RuleChange.Put(
                AT, new Rule("a", "a dog", StreamPattern.ANY, 0.5, Duration.ZERO, 0)));
  }

  @Test
  void readsATombstoneAsARemoval() {
    assertThat(read("a", null)).isEqualTo(new RuleChange.Removed(AT, "a"));
    assertThat(RuleRecord.remove("video.rules", "a").value()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a dog | rule a: not JSON",
        "[1] | rule a: the value is not a JSON object",
        "{} | rule a: text is missing",
        "{\"text\": 5} | rule a: text is not a string",
        "{\"text\": \" \"} | rule a: text is blank",
        "{\"text\": null} | rule a: text is missing",
        "{\"text\": \"x\", \"colour\": 1} | rule a: the field colour is unknown",
        "{\"text\": \"x\", \"streams\": \"\"} | rule a: streams: ",
        "{\"text\": \"x\", \"streams\": [\"a\"]} | rule a: streams is not a string",
        "{\"text\": \"x\", \"threshold\": 1.5} | rule a: threshold is 1.5",
        "{\"text\": \"x\", \"threshold\": \"0.5\"} | rule a: threshold is not a number",
        "{\"text\": \"x\", \"threshold\": null} | rule a: threshold is missing",
        "{\"text\": \"x\", \"coolDownSeconds\": -1} | rule a: coolDownSeconds is negative",
        "{\"text\": \"x\", \"coolDownSeconds\": -1e300} | rule a: coolDownSeconds is negative",
        "{\"text\": \"x\", \"coolDownSeconds\": 1e300} | rule a: coolDownSeconds is longer",
        "{\"text\": \"x\", \"priority\": 1.5} | rule a: priority is not a whole number",
        "{\"text\": \"x\", \"priority\": 3000000000} | rule a: priority is not a 32-bit number",
      })
  void namesTheInvalidField(String json, String problem) {
    assertThat(read("a", json))
        .isInstanceOfSatisfying(
            RuleChange.Malformed.class,
            malformed -> {
              assertThat(malformed.at()).isEqualTo(AT);
              assertThat(malformed.rejection().reason()).isEqualTo(Rejection.Reason.BAD_RULE);
              assertThat(malformed.rejection().detail()).startsWith(problem);
            });
  }

  @Test
  void rejectsARecordWithoutAKey() {
    assertThat(((RuleChange.Malformed) read(null, "{\"text\": \"x\"}")).rejection().detail())
        .startsWith("the key is missing");
    assertThat(read("", null)).isInstanceOf(RuleChange.Malformed.class);
    assertThat(read(" ", "{\"text\": \"x\"}")).isInstanceOf(RuleChange.Malformed.class);
  }

  @Test
  void hasTheFieldsAndDefaultsOfTheSchema() throws Exception {
    JsonNode schema =
        new ObjectMapper().readTree(Path.of("kafka/schemas/rule.schema.json").toFile());
    Rule rule = RuleRecord.parse("a", "{\"text\": \"x\"}".getBytes(UTF_8));
    List<String> fields = new ArrayList<>();
    RuleRecord.json(rule)
        .fields()
        .forEachRemaining(field -> {
          fields.add(field.getKey());
          JsonNode standard = schema.at("/properties/" + field.getKey() + "/default");
          if (!standard.isMissingNode()) {
            assertThat(field.getValue().asText().replaceAll("\\.0$", ""))
                .as(field.getKey())
                .isEqualTo(standard.asText());
          }
        });
    List<String> described = new ArrayList<>();
    schema.get("properties").fieldNames().forEachRemaining(described::add);
    assertThat(fields).containsExactlyInAnyOrderElementsOf(described);
  }
}
