package io.chronoscope.messaging.rule;

import static io.chronoscope.testing.Await.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.analysis.stream.StreamTools;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.From;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.RuleReader;
import io.chronoscope.client.RulesInForce;
import io.chronoscope.client.Topics;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.rule.Rule;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.testing.BatchedModels;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import io.chronoscope.testing.MessagingInstance;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class RulesOverKafkaIT {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final AtomicInteger RUN = new AtomicInteger();

  private static EmbeddedBroker broker;
  private static Map<String, Object> kafka;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RuleTable table = new RuleTable(16);
  private TopicNames names;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void freshTopics() {
    int run = RUN.incrementAndGet();
    names = TopicNames.DEFAULT.renamed(name -> "rules" + run + "." + name);
    Topics.ensure(kafka, names);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }

  private RuleLoader loader() {
    RuleLoader loader =
        open(
            new RuleLoader(
                () -> new RuleReader(kafka, names.of(Topic.RULES)),
                table,
                new RuleMetrics(registry, table)));
    loader.start();
    return loader;
  }

  private RuleDeadLetterWriter deadLetterWriter(DeliveryGuarantee delivery) {
    RuleDeadLetterWriter deadLetterWriter =
        open(
            new RuleDeadLetterWriter(
                kafka,
                names.of(Topic.STATE),
                names.of(Topic.RULES),
                new ResultEnvelope(names, URI.create("/test")),
                delivery,
                new MessagingMetrics(registry)));
    deadLetterWriter.start();
    return deadLetterWriter;
  }

  private static Rule rule(String id, String text) {
    return new Rule(id, text, new StreamPattern("cam*"), 0.5, Duration.ZERO, 0);
  }

  private void put(Rule rule) {
    RulesInForce.put(kafka, names.of(Topic.RULES), rule);
  }

  private void putRaw(String key, String value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(names.of(Topic.RULES), key, value.getBytes(UTF_8))).get();
    }
  }

  private List<Result> read(String topic) {
    List<Result> results = new ArrayList<>();
    try (ResultReader reader = new ResultReader(kafka, List.of(topic), From.BEGINNING)) {
      reader.readToEnd(read -> results.add(((Read.Published) read).result()));
    }
    return results;
  }

  @Test
  void loadsRulesFromTheBeginningAndFollowsChanges() throws Exception {
    put(rule("a", "a dog"));
    put(rule("b", "a cat"));
    put(rule("a", "a wolf"));
    RuleLoader loader = loader();
    assertThat(loader.awaitCaughtUp()).isTrue();
    assertThat(table.all()).containsExactly(rule("a", "a wolf"), rule("b", "a cat"));

    put(rule("c", "a bird"));
    until(() -> table.all().size() == 3);
    RulesInForce.remove(kafka, names.of(Topic.RULES), "b");
    until(() -> table.all().equals(List.of(rule("a", "a wolf"), rule("c", "a bird"))));
  }

  @Test
  void reportsWhyTheRulesCannotBeReadYet() throws Exception {
    TopicNames absent = names.renamed(name -> "absent." + name);
    RuleLoader loader =
        open(
            new RuleLoader(
                () -> new RuleReader(kafka, absent.of(Topic.RULES)),
                table,
                new RuleMetrics(registry, table)));
    loader.start();
    until(() -> loader.problem().isPresent());
    assertThat(loader.problem().orElseThrow()).contains(absent.of(Topic.RULES), "does not exist");
    assertThat(loader.isCaughtUp()).isFalse();
    Topics.ensure(kafka, absent);
    assertThat(loader.awaitCaughtUp()).isTrue();
    until(() -> loader.problem().isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void writesOneDeadLetterForAnInvalidRuleAndKeepsTheFormerInForce(DeliveryGuarantee delivery)
      throws Exception {
    put(rule("a", "a dog"));
    deadLetterWriter(delivery);
    deadLetterWriter(delivery);
    RuleLoader loader = loader();
    loader.awaitCaughtUp();
    putRaw("a", "{\"text\": \"a dog\", \"threshold\": 7}");
    putRaw("b", "{\"text\": \"a cat\"}");
    until(() -> table.all().size() == 2);
    assertThat(table.all().getFirst()).isEqualTo(rule("a", "a dog"));
    assertThat(registry.get("chronoscope.rules.rejected").counter().count()).isEqualTo(1);
    assertThat(registry.get("chronoscope.rules").gauge().value()).isEqualTo(2);

    until(() -> !read(names.of(Topic.DEAD_LETTERS)).isEmpty());
    // The next owner of the partition does not write it again.
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
    opened.clear();
    deadLetterWriter(delivery);
    putRaw("c".repeat(900_000), "no JSON");
    until(() -> read(names.of(Topic.DEAD_LETTERS)).size() > 1);
    assertThat(read(names.of(Topic.DEAD_LETTERS)))
        .extracting(letter -> ((DeadLetter) letter).origin())
        .containsExactly(
            new ChunkOrigin(names.of(Topic.RULES), 0, 1),
            new ChunkOrigin(names.of(Topic.RULES), 0, 3));
    until(() ->
        registry.get("chronoscope.chunks.rejected").tag("reason", "bad_rule").counter().count()
            == 2);
    assertThat(((DeadLetter) read(names.of(Topic.DEAD_LETTERS)).getFirst()).rejection())
        .satisfies(rejection -> {
          assertThat(rejection.reason()).isEqualTo(Reason.BAD_RULE);
          assertThat(rejection.detail()).startsWith("rule a: threshold is 7.0");
        });
  }

  @Test
  void publishesAnOpenAlertThatRefersToItsEvent() throws Exception {
    put(rule("lamp", "Lamp-aaa is on"));
    putRaw("broken", "{}");
    loader().awaitCaughtUp();
    LampVideo.Script script = new LampVideo.Script(10).on('a', 4, 14).on('b', 1, 19);
    BatchedModel model = open(BatchedModels.of(new LampModel()));
    AnalysisSettings settings =
        LampModel.settings(
            new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2)), Duration.ofMinutes(10));
    open(
        new MessagingInstance(
            broker.bootstrapServers(),
            names,
            MessagingInstance.Options.DEFAULT,
            sink ->
                open(
                    new StreamAnalysis(
                        settings,
                        new StreamTools(
                            new WindowTools(
                                new LampVideo(),
                                ReferencedMedia.NONE,
                                model,
                                BatchedModels.cache(model),
                                AnalysisListener.SILENT,
                                InstantSource.system()),
                            LoadGovernor.off(),
                            table,
                            sink)))));
    try (ChunkPublisher publisher =
        new ChunkPublisher(kafka, names.of(Topic.CHUNKS), URI.create("/test"))) {
      for (int second = 0; second < 10; second += 2) {
        publish(publisher, script, second);
      }
      // Published before the next chunk of the stream arrives.
      until(() -> !read(names.of(Topic.ALERTS)).isEmpty());
      Alert open = (Alert) read(names.of(Topic.ALERTS)).getFirst();
      assertThat(open.status()).isEqualTo(Status.OPEN);
      assertThat(open.start()).isEqualTo(NOON.plusSeconds(4));
      for (int second = 10; second < 20; second += 2) {
        publish(publisher, script, second);
      }
      publisher.end("cam").toCompletableFuture().join();
    }
    until(() ->
        read(names.of(Topic.ALERTS)).stream()
            .anyMatch(one -> ((Alert) one).status() == Status.CLOSED));
    List<Result> alerts = read(names.of(Topic.ALERTS));
    assertThat(alerts).extracting(one -> ((Alert) one).revision()).containsExactly(1, 2);
    Alert closed = (Alert) alerts.getLast();
    assertThat(closed.id()).isEqualTo(((Alert) alerts.getFirst()).id());
    assertThat(closed.end()).isEqualTo(NOON.plusSeconds(14));
    assertThat(closed.rule()).isEqualTo("lamp");
    assertThat(
            read(names.of(Topic.EVENTS)).stream()
                .filter(VideoEvent.class::isInstance)
                .map(VideoEvent.class::cast)
                .filter(event -> event.id().equals(closed.event().orElseThrow())))
        .isNotEmpty()
        .allSatisfy(event -> assertThat(event.description()).isEqualTo("Lamp-aaa is on."));
  }

  private static void publish(ChunkPublisher publisher, LampVideo.Script script, int second) {
    ByteBuffer media = script.chunk(second, second + 2);
    byte[] bytes = new byte[media.remaining()];
    media.get(bytes);
    publisher
        .publish(
            "cam", second / 2, NOON.plusSeconds(second), Duration.ofSeconds(2), "text/plain", bytes)
        .toCompletableFuture()
        .join();
  }
}
