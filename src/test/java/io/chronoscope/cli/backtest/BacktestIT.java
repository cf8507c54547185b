package io.chronoscope.cli.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.cli.CommandLineInterface;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.SegmentSender;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.RulesInForce;
import io.chronoscope.client.Topics;
import io.chronoscope.render.Terminal;
import io.chronoscope.service.ExitCode;
import io.chronoscope.testing.RestoredSettings;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Runs the command in this process, with the demo checkpoint, against a real broker.
@Timeout(300)
class BacktestIT {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final String GROUP = "chronoscope";

  @AutoClose private final RestoredSettings settings = new RestoredSettings();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private EmbeddedBroker broker;
  private Admin admin;
  private Map<String, Object> kafka;

  @TempDir Path files;

  @BeforeEach
  void retainAVideo() {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    admin = Admin.create(kafka);
    Topics.ensure(kafka, TopicNames.DEFAULT);
    publish(TopicNames.DEFAULT.of(Topic.CHUNKS), Integer.MAX_VALUE);
  }

  /// @param chunks maximum number of chunks to publish
  private void publish(String topic, int chunks) {
    try (ChunkPublisher publisher = new ChunkPublisher(kafka, topic, URI.create("/test"))) {
      SegmentSender sender = new SegmentSender(publisher);
      FileFeed.cut(Path.of("video-samples", "portrait.mp4"), Duration.ofSeconds(2)).stream()
          .limit(chunks)
          .forEach(segment ->
              sender.send("portrait", segment.index(), NOON.plus(segment.start()), segment));
      sender.end("portrait");
    }
  }

  @AfterEach
  void stop() {
    admin.close();
    broker.close();
  }

  private int run(String... more) {
    return runTo(NOON.plusSeconds(3600), more);
  }

  private int runTo(Instant to, String... more) {
    out.reset();
    err.reset();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "backtest",
                "--bootstrap",
                broker.bootstrapServers(),
                "--from",
                NOON.toString(),
                "--to",
                to.toString(),
                "--json"));
    arguments.addAll(List.of(more));
    Output output =
        new Output(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            Terminal.NONE,
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Terminal.NONE);
    return new CommandLineInterface(output).run(arguments.toArray(String[]::new));
  }

  private JsonNode total() throws Exception {
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).as(err.toString(StandardCharsets.UTF_8)).isNotEmpty();
    return new ObjectMapper().readTree(lines.getLast());
  }

  private long ends(String topic) throws Exception {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    admin
        .describeTopics(List.of(topic))
        .allTopicNames()
        .get()
        .get(topic)
        .partitions()
        .forEach(p -> asked.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest()));
    return admin.listOffsets(asked).all().get().values().stream().mapToLong(o -> o.offset()).sum();
  }

  private Map<String, Long> liveTopics() throws Exception {
    Map<String, Long> ends = new HashMap<>();
    for (String topic : TopicNames.DEFAULT.names().values()) {
      ends.put(topic, ends(topic));
    }
    return ends;
  }

  @Test
  void changesNothingLiveAndFindsTheSameAgain() throws Exception {
    Map<TopicPartition, OffsetAndMetadata> committed =
        Map.of(
            new TopicPartition(TopicNames.DEFAULT.of(Topic.CHUNKS), 0), new OffsetAndMetadata(0),
            new TopicPartition(TopicNames.DEFAULT.of(Topic.CHUNKS), 1), new OffsetAndMetadata(0));
    admin.alterConsumerGroupOffsets(GROUP, committed).all().get();
    Map<String, Long> live = liveTopics();

    assertThat(run("--shadow", "first.")).as(err::toString).isEqualTo(ExitCode.OK);

    JsonNode first = total();
    assertThat(first.get("new").asInt()).isPositive();
    assertThat(first.get("same").asInt()).isZero();
    assertThat(first.get("missing").asInt()).isZero();
    assertThat(ends("first." + TopicNames.DEFAULT.of(Topic.EVENTS))).isPositive();
    assertThat(liveTopics()).isEqualTo(live);
    assertThat(admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get())
        .isEqualTo(committed);
    assertThat(admin.listGroups().all().get()).hasSize(1);

    // The results of the first run take the place of live results.
    System.setProperty("chronoscope.topics.events", "first." + TopicNames.DEFAULT.of(Topic.EVENTS));
    assertThat(run("--shadow", "second.")).as(err::toString).isEqualTo(ExitCode.OK);

    assertThat(total().get("same").asInt()).isEqualTo(first.get("new").asInt());
    assertThat(total().get("new").asInt()).isZero();
    assertThat(total().get("moved").asInt()).isZero();
    assertThat(total().get("missing").asInt()).isZero();
  }

  @Test
  void readsTheGivenTopicWithTheGivenModel() throws Exception {
    admin.createTopics(List.of(new NewTopic("elsewhere", 3, (short) 1))).all().get();
    publish("elsewhere", 2);
    Map<String, Long> live = liveTopics();

    assertThat(run("--topic", "elsewhere", "--model", "models/demo"))
        .as(err::toString)
        .isEqualTo(ExitCode.OK);

    assertThat(total().get("chunks").asInt()).isEqualTo(2);
    assertThat(liveTopics()).isEqualTo(live);
    assertThat(run("--topic", "nowhere")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("topic nowhere does not exist");
    assertThat(run("--model", "no/model")).isEqualTo(ExitCode.ENVIRONMENT);
  }

  @Test
  void asksWithAnotherPrompt() throws Exception {
    assertThat(run()).as(err::toString).isEqualTo(ExitCode.OK);
    String usual = out.toString(StandardCharsets.UTF_8);

    assertThat(run("--prompt", "Could you go into detail about the content of this long video?"))
        .isEqualTo(ExitCode.OK);

    assertThat(out.toString(StandardCharsets.UTF_8)).isNotEqualTo(usual);
  }

  @Test
  void putsThePromotedRuleInForce() throws Exception {
    Path file =
        Files.writeString(
            files.resolve("red-circle.json"),
            "{\"text\":\"a red circle moves\",\"threshold\":0.7}");

    assertThat(run("--rule", file.toString())).as(err::toString).isEqualTo(ExitCode.OK);
    assertThat(RulesInForce.read(kafka, TopicNames.DEFAULT.of(Topic.RULES))).isEmpty();

    assertThat(run("--rule", file.toString(), "--promote")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("add --yes");
    assertThat(run("--rule", file.toString(), "--promote", "--yes", "--stream", "nobody"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("not promoted: no chunk");
    assertThat(RulesInForce.read(kafka, TopicNames.DEFAULT.of(Topic.RULES))).isEmpty();

    assertThat(run("--rule", file.toString(), "--promote", "--yes"))
        .as(err::toString)
        .isEqualTo(ExitCode.OK);
    assertThat(RulesInForce.read(kafka, TopicNames.DEFAULT.of(Topic.RULES)))
        .singleElement()
        .satisfies(rule -> {
          assertThat(rule.id()).isEqualTo("red-circle");
          assertThat(rule.threshold()).isEqualTo(0.7);
        });
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("rule red-circle is in force");
  }

  @Test
  void rejectsInvalidOptions() throws Exception {
    assertThat(run("--promote")).isEqualTo(ExitCode.USAGE);
    assertThat(runTo(NOON)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("is not before --to");
    assertThat(run("--shadow", "no such/")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("no topic name can start with");
    Path broken = Files.writeString(files.resolve("broken.json"), "{\"words\":1}");
    assertThat(run("--rule", broken.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("the field words is unknown");
    assertThat(RulesInForce.read(kafka, TopicNames.DEFAULT.of(Topic.RULES))).isEmpty();
  }
}
