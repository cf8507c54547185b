package io.chronoscope.service;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.broker.FreePorts;
import io.chronoscope.testing.PackagedProgram;
import io.chronoscope.testing.ProcessOutcome;
import io.chronoscope.testing.RtspServer;
import io.chronoscope.testing.SecuredBroker;
import io.chronoscope.testing.TestMedia;
import io.chronoscope.testing.UsedRights;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The life of the service and of the streams that it analyzes, each process as the user that `k8s`
/// has for it: whatever lacks a right fails, and so does a right that nobody used.
class LeastRightsIT {

  private static final String CAMERA_PASSWORD = "camera-s3cret";
  private static final String REJECTED = "neither video nor JSON";
  private static final String INSTANCE = "chronoscope";
  private static final String PRODUCER = "chronoscope-producer";
  private static final String READER = "chronoscope-reader";
  private static final String OPERATOR = "chronoscope-operator";
  private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration SERVICE_TIMEOUT = Duration.ofMinutes(3);

  @TempDir static Path directory;

  private static SecuredBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = SecuredBroker.start(directory);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void everyUserNeedsExactlyItsRights() throws Exception {
    Path log = directory.resolve("serve.log");
    int port = FreePorts.one();
    RtspServer camera =
        RtspServer.of(
                TestMedia.video()
                    .codec("libopenh264")
                    .container("h264")
                    .frames(150)
                    .group(25)
                    .bytes(),
                25)
            .clock(Instant.parse("2026-05-04T12:00:00Z"))
            .requireCredentials("viewer", CAMERA_PASSWORD)
            .freezeAtEnd();
    ProcessBuilder command =
        broker.command(
            INSTANCE,
            SecuredBroker.PASSWORD,
            List.of("serve", "--port", "0", "--management-port", Integer.toString(port)));
    command.environment().put("CHRONOSCOPE_SOURCES_GATE", camera.url());
    command.environment().put("CHRONOSCOPE_LIVE_CREDENTIALS_GATE", "viewer:" + CAMERA_PASSWORD);
    command.environment().put("CHRONOSCOPE_LIVE_SPOOL", directory.resolve("spool").toString());
    command
        .environment()
        .put("CHRONOSCOPE_SEARCH_DIRECTORY", directory.resolve("index").toString());
    leaveAState();
    Process service = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try (camera) {
      succeed(OPERATOR, "rules", "set", "yellow", "a yellow square moves right", "--json");
      ProcessOutcome produced =
          succeed(
              PRODUCER,
              "produce",
              PackagedProgram.HOME.resolve("video-samples/portrait.mp4").toString(),
              "--start-time",
              "2026-05-04T12:00:00Z",
              "--json");
      assertThat(produced.out()).contains("\"sequence\":0");
      sendWhatIsRejected();

      ProcessOutcome seen = succeed(READER, "events", "--json");
      long until = System.nanoTime() + SERVICE_TIMEOUT.toNanos();
      while (!seen.out().contains("\"level\":\"stream\"")) {
        assertThat(service.isAlive()).as(Files.readString(log)).isTrue();
        assertThat(System.nanoTime()).as(seen + "\n" + Files.readString(log)).isLessThan(until);
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        seen = succeed(READER, "events", "--json");
      }
      assertThat(seen.out()).contains("\"description\"");
      readInAGroup();
      workAsAnOperator();

      assertThat(camera.plays()).isPositive();
      assertThat(get(port, "/q/health/ready")).contains("\"gate\"");
      assertThat(get(port, "/q/metrics"))
          .containsPattern("chronoscope_source_chunks_sent_total\\{stream=\"gate\"} [1-9]")
          .contains("chronoscope_source_chunks_dropped_total{stream=\"gate\"} 0.0")
          .contains("chronoscope_sources{state=\"ended\"} 0.0");
      assertThat(OperatingPage.exposedMetrics(port)).containsAll(OperatingPage.documentedMetrics());
      assertThat(traces(TopicNames.DEFAULT.of(Topic.CHUNKS)))
          .containsAll(traces(TopicNames.DEFAULT.of(Topic.EVENTS)))
          .containsAll(traces(TopicNames.DEFAULT.of(Topic.SUMMARIES)));
      assertThat(broker.rights()).as("a right that nobody used").allMatch(UsedRights::uses);
    } finally {
      service.destroy();
      if (!service.waitFor(30, TimeUnit.SECONDS)) {
        service.destroyForcibly();
      }
    }
    assertThat(Files.readString(log))
        .contains("source stream=gate receiving; times come from the source's clock (RTCP)")
        .doesNotContain(SecuredBroker.PASSWORD)
        .doesNotContain(CAMERA_PASSWORD)
        .doesNotContain(SecuredBroker.STORE_PASSWORD);
  }

  /// As earlier instances do: without a record there is nothing to read.
  private static void leaveAState() throws Exception {
    try (KafkaProducer<byte[], byte[]> earlier =
        new KafkaProducer<>(
            broker.asSuperUser(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int partition = 0; partition < 4; partition++) {
        earlier
            .send(
                new ProducerRecord<>(
                    TopicNames.DEFAULT.of(Topic.STATE),
                    partition,
                    "ended".getBytes(US_ASCII),
                    null))
            .get();
      }
    }
  }

  /// A record of each input that becomes a dead letter, or an answer with a problem.
  private static void sendWhatIsRejected() throws Exception {
    send(PRODUCER, Topic.CHUNKS);
    send(OPERATOR, Topic.QUESTIONS);
    send(OPERATOR, Topic.RULES);
  }

  private static void send(String user, Topic topic) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            broker.properties(user), new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] bytes = REJECTED.getBytes(US_ASCII);
      producer.send(new ProducerRecord<>(TopicNames.DEFAULT.of(topic), bytes, bytes)).get();
    }
  }

  /// As programs of others do, with a group of their own.
  private static void readInAGroup() {
    Map<String, Object> client = broker.properties(READER);
    client.put("group.id", "chronoscope-reader-alarms");
    client.put("auto.offset.reset", "earliest");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(
          Stream.of(Topic.values())
              .filter(
                  topic -> topic.kind() == Topic.Kind.ANALYSIS || topic.kind() == Topic.Kind.REPLY)
              .map(TopicNames.DEFAULT::of)
              .toList());
      long until = System.nanoTime() + COMMAND_TIMEOUT.toNanos();
      while (consumer.poll(Duration.ofMillis(200)).isEmpty()) {
        assertThat(System.nanoTime()).isLessThan(until);
      }
      consumer.commitSync();
    }
  }

  private static void workAsAnOperator() throws Exception {
    String[] range = {"--from", "2026-05-04T12:00:00Z", "--to", "2026-05-04T12:00:12Z"};
    succeed(OPERATOR, with(range, "ask", "a yellow square", "--stream", "portrait", "--json"));
    succeed(OPERATOR, with(range, "backtest", "--stream", "portrait", "--rule", "a green circle"));
    assertThat(succeed(OPERATOR, "events", "--json").out()).contains("\"rule\":\"yellow\"");
    String letters = succeed(OPERATOR, "dlq", "list", "--json").out();
    assertThat(letters).contains("video.chunks/", "video.questions/", "video.rules/");
    List<String> ids =
        Pattern.compile("video\\.(chunks|questions|rules)/\\d+/\\d+")
            .matcher(letters)
            .results()
            .map(MatchResult::group)
            .distinct()
            .toList();
    succeed(
        OPERATOR, Stream.concat(Stream.of("dlq", "redrive"), ids.stream()).toArray(String[]::new));
    succeed(OPERATOR, "rules", "remove", "yellow");
  }

  private static String[] with(String[] last, String... first) {
    return Stream.concat(Stream.of(first), Stream.of(last)).toArray(String[]::new);
  }

  @Test
  void whoLacksARightIsToldWhich() throws Exception {
    String sample = PackagedProgram.HOME.resolve("video-samples/portrait.mp4").toString();
    for (ProcessOutcome refused :
        List.of(
            run(READER, "produce", sample),
            run(PRODUCER, "events"),
            run(READER, "rules", "set", "red", "a red circle"))) {
      assertThat(refused.status()).as(refused.err()).isEqualTo(ExitCode.ENVIRONMENT);
      assertThat(refused.err()).contains("deny access", "video.");
      assertThat(refused.err().lines()).hasSizeLessThan(4);
    }
  }

  private static ProcessOutcome succeed(String user, String... arguments) throws Exception {
    ProcessOutcome exit = run(user, arguments);
    assertThat(exit.status()).as(List.of(arguments) + ": " + exit.err()).isZero();
    assertThat(exit.err())
        .doesNotContain(SecuredBroker.PASSWORD)
        .doesNotContain(SecuredBroker.STORE_PASSWORD);
    return exit;
  }

  private static String get(int port, String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
              BodyHandlers.ofString())
          .body();
    }
  }

  /// Ids of the traces in the headers of a topic's records.
  private static Set<String> traces(String topic) {
    Map<String, Object> client = broker.asSuperUser();
    client.put("isolation.level", "read_committed");
    Set<String> traces = new HashSet<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(one -> new TopicPartition(topic, one.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> {
              if (REJECTED.equals(new String(record.key(), US_ASCII))) {
                return;
              }
              Header header = record.headers().lastHeader("traceparent");
              assertThat(header).as("traceparent of %s", record).isNotNull();
              traces.add(new String(header.value(), US_ASCII).split("-")[1]);
            });
      }
    }
    return traces;
  }

  private static ProcessOutcome run(String user, String... arguments) throws Exception {
    return run(broker.command(user, SecuredBroker.PASSWORD, List.of(arguments)));
  }

  private static ProcessOutcome run(ProcessBuilder command) throws Exception {
    return ProcessOutcome.of(command, directory);
  }
}
