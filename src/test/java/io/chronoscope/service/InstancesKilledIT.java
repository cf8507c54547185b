package io.chronoscope.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.CommittedResults;
import io.chronoscope.client.RulesInForce;
import io.chronoscope.client.Topics;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.messaging.chunk.StateReader;
import io.chronoscope.rule.Rule;
import io.chronoscope.testing.BrokerProcess;
import io.chronoscope.testing.PackagedProgram;
import io.chronoscope.testing.ServiceProcess;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Runs the packaged service in several processes, with the broker in another one. Compares what
/// they publish while instances are killed at random, join and leave, and while the broker
/// restarts, with what a single uninterrupted instance publishes for the same chunks.
///
/// `-Dkills=30` sets the number of kills, `-Dseed=…` repeats a run.
class InstancesKilledIT {

  private static final int KILLS = Integer.getInteger("kills", 8);
  private static final List<String> SAMPLES =
      List.of("corridor", "crossing", "dock", "empty", "gate", "portrait", "yard");
  private static final int PARTITIONS = 4;
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration CHUNK = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofMinutes(6);
  private static final TopicNames UNINTERRUPTED =
      TopicNames.DEFAULT
          .renamed(name -> "uninterrupted." + name)
          .with(Topic.CHUNKS, "video.chunks");

  /// Settings with which the results do not depend on the duration of an outage.
  private static final Map<String, String> STEADY =
      Map.of("CHRONOSCOPE_IDLE_TIMEOUT", "30m", "CHRONOSCOPE_THREADS", "1");

  private final List<ServiceProcess> instances = new ArrayList<>();
  private BrokerProcess broker;
  private Map<String, Object> kafka;
  private Admin admin;
  private int started;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  /// The Kafka clients in this process log a lot.
  private static final Logger CLIENTS = Logger.getLogger("org.apache.kafka");

  @BeforeAll
  static void silenceClients() {
    CLIENTS.setLevel(Level.SEVERE);
  }

  @BeforeEach
  void startBroker() throws Exception {
    broker = new BrokerProcess(Files.createDirectory(directory.resolve("data")));
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    admin = Admin.create(kafka);
    Topics.ensure(admin, TopicNames.DEFAULT);
    Topics.ensure(admin, UNINTERRUPTED);
    for (TopicNames topics : List.of(TopicNames.DEFAULT, UNINTERRUPTED)) {
      // With threshold 0 the rule matches in every window, whatever the model's score.
      RulesInForce.put(
          kafka,
          topics.of(Topic.RULES),
          new Rule("any", "something appears", StreamPattern.ANY, 0, Duration.ZERO, 0));
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (ServiceProcess instance : instances) {
      instance.close();
    }
    admin.close(Duration.ZERO);
    broker.close();
  }

  @Test
  void publishesEachResultOnceWhateverIsKilled() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (Feed feed = new Feed(kafka)) {
      instances.add(start("chronoscope", TopicNames.DEFAULT));
      instances.add(start("chronoscope", TopicNames.DEFAULT));
      long before = 0;
      for (int kill = 1; kill <= KILLS; kill++) {
        feed.publishUntil(1.2 * kill / KILLS);
        // Most kills interrupt an analysis, some happen at any time: during startup, or before the
        // group has noticed the previous kill.
        if (random.nextInt(4) > 0) {
          awaitMoreThan(before);
        }
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(2500)).toNanos());
        before = published();
        killOne(random.nextInt(instances.size()), kill, before);
        if (kill == 1 + KILLS / 4) {
          instances.add(start("chronoscope", TopicNames.DEFAULT));
          System.out.println("a third instance joins");
        }
        if (kill == KILLS / 3) {
          broker.restart();
          System.out.println("the broker was restarted");
        } else if (kill == 2 * KILLS / 3) {
          broker.killAndRestart();
          System.out.println("the broker was killed and restarted");
        }
        if (kill == 3 * KILLS / 4) {
          ServiceProcess leaves = instances.remove(0);
          assertThat(leaves.terminate(Duration.ofSeconds(60))).as(leaves.said()).isTrue();
          System.out.println("an instance leaves");
        }
      }
      assertThat(before).as("published while instances were killed").isPositive();
      feed.publishUntil(1);
      awaitDone("chronoscope", TopicNames.DEFAULT);
    }
    for (ServiceProcess instance : instances) {
      instance.close();
    }
    instances.clear();

    instances.add(start("uninterrupted", UNINTERRUPTED));
    awaitDone("uninterrupted", UNINTERRUPTED);
    assertThat(instances.getFirst().get("/q/health/live").statusCode()).isEqualTo(200);
    assertThat(instances.getFirst().get("/q/health/ready").statusCode()).isEqualTo(200);
    assertThat(instances.getFirst().get("/q/metrics").body())
        .contains(
            "chronoscope_frames",
            "chronoscope_batch",
            "chronoscope_windows",
            "chronoscope_transactions_duration_seconds_bucket",
            "chronoscope_rebalances_total");
    CommittedResults expected = CommittedResults.read(kafka, UNINTERRUPTED);
    CommittedResults published = CommittedResults.read(kafka, TopicNames.DEFAULT);
    System.out.printf(
        "%d records published with %d kills, %d without%n",
        published.count(), KILLS, expected.count());
    assertThat(expected.ids()).doesNotHaveDuplicates();
    assertThat(expected.records().keySet())
        .contains(
            Topic.EVENTS + " of yard",
            Topic.SUMMARIES + " of yard",
            Topic.ALERTS + " of yard",
            Topic.DEAD_LETTERS + " of gate");
    assertThat(published.ids()).doesNotHaveDuplicates();
    assertThat(published.records().keySet()).isEqualTo(expected.records().keySet());
    published
        .records()
        .forEach((of, records) ->
            assertThat(records)
                .as(of)
                .containsExactlyElementsOf(expected.records().getOrDefault(of, List.of())));
  }

  @Test
  void exitsWithAReasonAfterAnUnrecoverableFailure() throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  TopicNames.DEFAULT.of(Topic.STATE), 1, "north", "{}".getBytes(UTF_8)))
          .get();
    }
    try (ServiceProcess instance = start("chronoscope", TopicNames.DEFAULT)) {
      assertThat(instance.awaitEnd(TIMEOUT)).isEqualTo(ExitCode.FAILED);
      assertThat(instance.said()).contains("state of stream north");
    }
  }

  private ServiceProcess start(String group, TopicNames topics) {
    return ServiceProcess.start(
        new ServiceProcess.Setup(broker.bootstrapServers(), group, topics, STEADY),
        directory.resolve("instance-" + ++started + ".log"));
  }

  private void killOne(int which, int kill, long published) throws Exception {
    ServiceProcess victim = instances.get(which);
    boolean wasAlive = victim.isAlive();
    victim.kill();
    System.out.printf(
        "kill %d: instance %d of %d, %s after %.1f s; %d records published, %d of %d processed%n",
        kill,
        which + 1,
        instances.size(),
        wasAlive ? "killed" : "had exited by itself",
        victim.lived().toMillis() / 1000.0,
        published,
        done("chronoscope"),
        total());
    instances.set(which, start("chronoscope", TopicNames.DEFAULT));
  }

  /// Number of records visible to readers; a few more, because transaction markers count too.
  private long published() throws Exception {
    Map<TopicPartition, OffsetSpec> latest = new LinkedHashMap<>();
    for (String topic :
        List.of(TopicNames.DEFAULT.of(Topic.EVENTS), TopicNames.DEFAULT.of(Topic.SUMMARIES))) {
      for (int p = 0; p < PARTITIONS; p++) {
        latest.put(new TopicPartition(topic, p), OffsetSpec.latest());
      }
    }
    return admin
        .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
        .all()
        .get()
        .values()
        .stream()
        .mapToLong(end -> end.offset())
        .sum();
  }

  /// Waits until more is published; only for a while, because everything may be processed already.
  private void awaitMoreThan(long before) throws Exception {
    long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (published() <= before && done("chronoscope") < total() && System.nanoTime() < until) {
      restartExited("chronoscope", TopicNames.DEFAULT);
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  /// Waits until the offsets of all chunks are committed and all streams have ended: the offset of
  /// an end may be committed before the stream's last results, because its state completes it.
  private void awaitDone(String group, TopicNames topics) throws Exception {
    long total = total();
    long until = System.nanoTime() + TIMEOUT.toNanos();
    while (done(group) < total || isAnyStreamLive(topics)) {
      assertThat(System.nanoTime())
          .as("%d of %d records processed; %s", done(group), total, instances.getLast().said())
          .isLessThan(until);
      restartExited(group, topics);
      LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
    }
  }

  private boolean isAnyStreamLive(TopicNames topics) {
    Set<Integer> partitions = IntStream.range(0, PARTITIONS).boxed().collect(Collectors.toSet());
    return StateReader.from(kafka, topics.of(Topic.STATE)).read(partitions).stream()
        .anyMatch(stream -> stream.state().isPresent());
  }

  /// Restarts instances like the supervisor of a service.
  private void restartExited(String group, TopicNames topics) {
    for (int i = 0; i < instances.size(); i++) {
      if (!instances.get(i).isAlive()) {
        System.out.println("an instance exited by itself: " + lastWords(instances.get(i)));
        instances.set(i, start(group, topics));
      }
    }
  }

  private static String lastWords(ServiceProcess instance) {
    List<String> lines = instance.said().lines().toList();
    return String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
  }

  private long done(String group) throws Exception {
    try {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .mapToLong(offset -> offset == null ? 0 : offset.offset())
          .sum();
    } catch (ExecutionException e) {
      // The group does not exist yet.
      return 0;
    }
  }

  private long total() throws Exception {
    Map<TopicPartition, OffsetSpec> latest = new LinkedHashMap<>();
    for (int p = 0; p < PARTITIONS; p++) {
      latest.put(new TopicPartition(TopicNames.DEFAULT.of(Topic.CHUNKS), p), OffsetSpec.latest());
    }
    return admin.listOffsets(latest).all().get().values().stream()
        .mapToLong(end -> end.offset())
        .sum();
  }

  /// Publishes the samples in parallel, chunk by chunk; one chunk is invalid, and some records have
  /// no key.
  private static final class Feed implements AutoCloseable {

    private static final String WITH_GARBAGE = "gate";
    private static final int GARBAGE = 4;

    private final ChunkPublisher publisher;
    private final Map<String, Object> kafka;
    private final Map<String, List<MediaSegment>> segments = new LinkedHashMap<>();
    private final int rounds;
    private int round;

    Feed(Map<String, Object> kafka) {
      this.kafka = kafka;
      this.publisher =
          new ChunkPublisher(kafka, TopicNames.DEFAULT.of(Topic.CHUNKS), URI.create("/test"));
      for (String sample : SAMPLES) {
        List<MediaSegment> of =
            FileFeed.cut(PackagedProgram.HOME.resolve("video-samples/" + sample + ".mp4"), CHUNK);
        for (int copy = 0; copy <= KILLS / 12; copy++) {
          segments.put(copy == 0 ? sample : sample + copy, of);
        }
      }
      this.rounds = segments.values().stream().mapToInt(List::size).max().orElseThrow() + 1;
    }

    /// @param share of all chunks to publish by now
    void publishUntil(double share) throws Exception {
      for (; round < rounds && round < share * rounds; round++) {
        for (Map.Entry<String, List<MediaSegment>> stream : segments.entrySet()) {
          publish(stream.getKey(), stream.getValue());
        }
        if (round == GARBAGE) {
          withoutKey();
        }
      }
    }

    private void publish(String stream, List<MediaSegment> of) {
      if (round < of.size()) {
        MediaSegment segment = of.get(round);
        boolean garbage = stream.equals(WITH_GARBAGE) && round == GARBAGE;
        publisher
            .publish(
                stream,
                segment.index(),
                NOON.plus(segment.start()),
                segment.duration(),
                segment.contentType(),
                garbage ? "this is no video".getBytes(UTF_8) : FileFeed.bytesOf(segment))
            .toCompletableFuture()
            .join();
      } else if (round == of.size()) {
        publisher.end(stream).toCompletableFuture().join();
      }
    }

    private void withoutKey() throws Exception {
      try (KafkaProducer<String, byte[]> producer =
          new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          producer
              .send(
                  new ProducerRecord<>(
                      TopicNames.DEFAULT.of(Topic.CHUNKS),
                      partition,
                      null,
                      "no key".getBytes(UTF_8)))
              .get();
        }
      }
    }

    @Override
    public void close() {
      publisher.close();
    }
  }
}
