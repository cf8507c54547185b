package io.chronoscope.cli.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.cli.Commands;
import io.chronoscope.client.RulesInForce;
import io.chronoscope.client.Topics;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.domain.TimeSpan;
import io.chronoscope.rule.Rule;
import io.chronoscope.service.ExitCode;
import io.chronoscope.testing.RestoredSettings;
import io.chronoscope.testing.Samples;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Runs the `rules` and `events` commands against a real broker.
class RulesCommandIT {

  private static final TopicNames TOPICS = TopicNames.DEFAULT;
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static EmbeddedBroker broker;
  private static Map<String, Object> kafka;

  @AutoClose private final RestoredSettings settings = new RestoredSettings();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    Topics.ensure(kafka, TOPICS);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void addsReplacesAndRemovesRules() throws Exception {
    assertThat(run("rules", "list")).isEqualTo(ExitCode.OK);
    assertThat(text(err)).contains("no rules are in force");
    assertThat(text(out)).isEmpty();

    assertThat(
            run(
                "rules",
                "set",
                "stops",
                "a red circle stops in the upper half",
                "--streams",
                "cam-*",
                "--threshold",
                "0.7",
                "--cool-down",
                "1m",
                "--priority",
                "3"))
        .isEqualTo(ExitCode.OK);
    assertThat(text(out)).contains("rule stops is in force for cam-*");
    assertThat(text(err)).isEmpty();
    assertThat(RulesInForce.read(kafka, TOPICS.of(Topic.RULES)))
        .containsExactly(
            new Rule(
                "stops",
                "a red circle stops in the upper half",
                new StreamPattern("cam-*"),
                0.7,
                Duration.ofMinutes(1),
                3));

    assertThat(run("rules", "set", "appears", "a blue square appears", "--json"))
        .isEqualTo(ExitCode.OK);
    assertThat(JSON.readTree(text(out)))
        .isEqualTo(
            JSON.readTree(
                """
                {"id":"appears","text":"a blue square appears","streams":"*","threshold":0.5,
                 "coolDownSeconds":0.0,"priority":0}
                """));
    assertThat(run("rules", "set", "appears", "a blue square stops", "--priority", "9"))
        .isEqualTo(ExitCode.OK);
    assertThat(text(err)).contains("replaced the rule", "a blue square appears");

    assertThat(run("rules", "list", "--json")).isEqualTo(ExitCode.OK);
    assertThat(text(out).lines().map(RulesCommandIT::id)).containsExactly("appears", "stops");
    assertThat(run("rules", "list")).isEqualTo(ExitCode.OK);
    assertThat(text(out).lines())
        .containsExactly(
            "ID       STREAMS  PRIORITY  THRESHOLD  COOL-DOWN  TEXT",
            "appears  *        9         0.5        0 s        a blue square stops",
            "stops    cam-*    3         0.7        60 s       a red circle stops in the upper half");

    assertThat(run("rules", "remove", "appears")).isEqualTo(ExitCode.OK);
    assertThat(text(out)).contains("rule appears removed");
    assertThat(run("rules", "remove", "appears")).isEqualTo(ExitCode.FAILED);
    assertThat(text(err)).contains("there is no rule appears on video.rules");
    assertThat(RulesInForce.read(kafka, TOPICS.of(Topic.RULES)))
        .extracting(Rule::id)
        .containsOnly("stops");
  }

  @Test
  void rejectsInvalidRulesBeforeWritingAnything() {
    assertThat(run("rules")).isEqualTo(ExitCode.USAGE);
    assertThat(run("rules", "set", "bad")).isEqualTo(ExitCode.USAGE);
    assertThat(run("rules", "set", "bad", "a dog", "--threshold", "7")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("threshold is 7.0, not between 0 and 1");
    assertThat(run("rules", "set", "bad", " ")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("text is blank");
    assertThat(run("rules", "set", "bad", "a dog", "--streams", "")).isEqualTo(ExitCode.USAGE);
    assertThat(run("rules", "set", "bad", "a dog", "--cool-down", "soon"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("'soon' is not a duration");
    assertThat(run("rules", "set", "bad", "a dog", "--cool-down", "200Y"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(RulesInForce.read(kafka, TOPICS.of(Topic.RULES)))
        .extracting(Rule::id)
        .doesNotContain("bad");
  }

  @Test
  void reportsAMissingTopic() {
    System.setProperty("chronoscope.topics.rules", "nowhere.rules");
    assertThat(run("rules", "set", "dog", "a dog")).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(text(err)).contains("topic nowhere.rules does not exist", "service running?");
  }

  @Test
  void showsAlertsWithEventsAndOnTheirOwn() throws Exception {
    publish(
        Samples.event("evt-1", 1, "alarmed"),
        alert("alr-1", 1, Status.OPEN, "stops", 4000),
        alert("alr-1", 2, Status.CLOSED, "stops", 6000),
        alert("alr-2", 1, Status.OPEN, "turns", 5000),
        alert("alr-3", 1, Status.OPEN, "stops", 5000),
        alert("alr-3", 2, Status.WITHDRAWN, "stops", 5000));

    assertThat(run("events", "--stream", "alarmed")).isEqualTo(ExitCode.OK);
    assertThat(text(out))
        .contains("⚠ stops: a red circle stops (0.91)", "⚠ turns: ")
        .contains("00:02.00 – 00:06.00 ±0.50", "00:02.00 – … ±0.50");

    assertThat(run("events", "--alerts", "--stream", "alarmed")).isEqualTo(ExitCode.OK);
    assertThat(text(out).lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).startsWith("2026-01-01T12:00:02Z  alarmed  "));
    assertThat(run("events", "--rule", "turns", "--json")).isEqualTo(ExitCode.OK);
    assertThat(text(out).lines().map(RulesCommandIT::id)).containsExactly("alr-2");
    assertThat(run("events", "--rule", "nobody")).isEqualTo(ExitCode.OK);
    assertThat(text(err)).contains("no alerts");
  }

  private static Alert alert(String id, int revision, Status status, String rule, long endMs) {
    return new Alert(
        id,
        revision,
        status,
        rule,
        "a red circle stops",
        0,
        "alarmed",
        new TimeSpan(NOON.plusMillis(2000), NOON.plusMillis(endMs), 2000, endMs),
        500,
        0.91,
        Optional.of("evt-1"),
        new Provenance(new ModelRef("demo", "1"), new Sampling(20, 2, "target", 120, 112, 84)),
        List.of(),
        Certainty.UNSTATED);
  }

  private static void publish(Result... results) throws Exception {
    ResultEnvelope envelope = new ResultEnvelope(TOPICS, URI.create("/test"));
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      for (Result result : results) {
        int partitions = producer.partitionsFor(envelope.topic(result)).size();
        producer.send(envelope.write(result, partitions)).get();
      }
    }
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    System.setProperty("chronoscope.kafka.bootstrap-servers", broker.bootstrapServers());
    return Commands.run(out, err, arguments);
  }

  private static String id(String line) {
    try {
      JsonNode json = JSON.readTree(line);
      return json.get("id").asText();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(line, e);
    }
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(UTF_8);
  }
}
