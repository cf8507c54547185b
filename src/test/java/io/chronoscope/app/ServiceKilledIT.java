package io.chronoscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.Topics;
import io.chronoscope.decode.MediaCutter;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.model.Result;
import io.chronoscope.model.Result.DeadLetter;
import io.chronoscope.model.Result.Level;
import io.chronoscope.model.Result.Status;
import io.chronoscope.model.Result.Summary;
import io.chronoscope.model.Result.VideoEvent;
import io.chronoscope.record.TopicNames;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged service as a process of its own, killed in the middle of a stream and started
/// again.
class ServiceKilledIT {

  private static final Path HOME = Path.of("").toAbsolutePath();
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final HttpClient http = HttpClient.newHttpClient();
  private EmbeddedBroker broker;
  private Map<String, Object> kafka;
  private Process service;
  private int port;

  @TempDir Path logs;

  @BeforeEach
  void startBroker() {
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  @AfterEach
  void stop() throws Exception {
    if (service != null) {
      service.destroyForcibly().waitFor();
    }
    broker.close();
  }

  @Test
  void tellsTheSameEventsWhenKilledAndStartedAgain() throws Exception {
    TopicNames undisturbed = named("undisturbed");
    TopicNames disturbed = named("disturbed");
    produce(undisturbed.chunks(), "yard.mp4");

    startService(undisturbed);
    try (ResultReader reader = readerOf(undisturbed)) {
      TreeMap<String, Result> whole = new TreeMap<>();
      readUntil(reader, whole, ServiceKilledIT::isStreamSummary);
      assertThat(get("/q/health/live").statusCode()).isEqualTo(200);
      assertThat(get("/q/health/ready").statusCode()).isEqualTo(200);
      assertThat(get("/q/metrics").body())
          .contains("chronoscope_frames", "chronoscope_batch", "chronoscope_windows");
      kill();

      startService(disturbed);
      TreeMap<String, Result> pieces = new TreeMap<>();
      try (ResultReader again = readerOf(disturbed)) {
        readUntil(again, pieces, result -> result instanceof Summary);
        kill();
        startService(disturbed);
        readUntil(
            again,
            pieces,
            result -> result instanceof Summary summary && summary.startOffsetMs() >= 16_000);
        kill();
        startService(disturbed);
        readUntil(again, pieces, ServiceKilledIT::isStreamSummary);
      }
      assertThat(whole.values())
          .filteredOn(VideoEvent.class::isInstance)
          .isNotEmpty()
          .allSatisfy(event -> assertThat(((VideoEvent) event).status()).isNotEqualTo(Status.OPEN));
      assertThat(pieces).isEqualTo(whole);
    }
  }

  @Test
  void putsGarbageAsideAndGoesOn() throws Exception {
    TopicNames topics = named("garbage");
    try (ChunkPublisher publisher =
        new ChunkPublisher(kafka, topics.chunks(), URI.create("/test"))) {
      publisher
          .publish(
              "portrait",
              0,
              NOON.minusSeconds(10),
              Duration.ofSeconds(2),
              "video/mp4",
              "this is no video".getBytes(StandardCharsets.UTF_8))
          .toCompletableFuture()
          .join();
    }
    produce(topics.chunks(), "portrait.mp4");
    startService(topics);
    TreeMap<String, Result> all = new TreeMap<>();
    try (ResultReader reader = readerOf(topics)) {
      readUntil(reader, all, ServiceKilledIT::isStreamSummary);
    }
    assertThat(all.values().stream().filter(DeadLetter.class::isInstance))
        .singleElement()
        .satisfies(letter -> assertThat(((DeadLetter) letter).rejection().detail()).isNotBlank());
    assertThat(all.values().stream().filter(VideoEvent.class::isInstance)).isNotEmpty();
  }

  /// Both runs read the same chunks, so that even the chunks' origins agree; all else is their own.
  private TopicNames named(String run) {
    TopicNames usual = TopicNames.USUAL;
    TopicNames names =
        new TopicNames(
            run.equals("garbage") ? "garbage." + usual.chunks() : usual.chunks(),
            run + "." + usual.events(),
            run + "." + usual.summaries(),
            run + "." + usual.deadLetters(),
            run + "." + usual.state());
    Topics.ensure(kafka, names);
    return names;
  }

  private void produce(String topic, String sample) throws Exception {
    Path file = HOME.resolve("video-samples").resolve(sample);
    String stream = sample.replace(".mp4", "");
    try (ChunkPublisher publisher = new ChunkPublisher(kafka, topic, URI.create("/test"))) {
      new MediaCutter()
          .cut(file, Duration.ofSeconds(2), segment -> send(publisher, stream, segment));
      publisher.end(stream).toCompletableFuture().join();
    }
  }

  private static void send(ChunkPublisher publisher, String stream, MediaSegment segment) {
    publisher
        .publish(
            stream,
            segment.index() + 1L,
            NOON.plus(segment.start()),
            segment.duration(),
            segment.contentType(),
            FileFeed.bytesOf(segment))
        .toCompletableFuture()
        .join();
  }

  private ResultReader readerOf(TopicNames topics) {
    return new ResultReader(
        kafka,
        List.of(topics.events(), topics.summaries(), topics.deadLetters()),
        ResultReader.From.BEGINNING);
  }

  private static boolean isStreamSummary(Result result) {
    return result instanceof Summary summary && summary.level() == Level.STREAM;
  }

  /// Keeps what a reader of the compacted topics would have: the last record of each id.
  private void readUntil(
      ResultReader reader, Map<String, Result> latest, Predicate<Result> enough) {
    Instant until = Instant.now().plus(PATIENCE);
    boolean found = false;
    while (!found) {
      assertThat(Instant.now()).as("what came: %s", latest.values()).isBefore(until);
      assertThat(service.isAlive()).as("the service runs; its log is in %s", logs).isTrue();
      for (Read read : reader.poll(Duration.ofMillis(200))) {
        assertThat(read).isInstanceOf(Read.Published.class);
        Result result = ((Read.Published) read).result();
        latest.put(idOf(result), result);
        found |= enough.test(result);
      }
    }
  }

  private static String idOf(Result result) {
    return switch (result) {
      case VideoEvent event -> event.id();
      case Summary summary -> summary.id();
      case Result.Unanswered unanswered -> unanswered.id();
      case DeadLetter letter -> letter.origin().toString();
    };
  }

  private void startService(TopicNames topics) throws IOException {
    port = freePort();
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dchronoscope.home=" + HOME,
            "-jar",
            HOME.resolve("target/quarkus-app/quarkus-run.jar").toString(),
            "serve",
            "--port",
            Integer.toString(port));
    command
        .environment()
        .putAll(
            Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers(),
                // How soon the group notices that an instance was killed.
                "KAFKA_SESSION_TIMEOUT_MS", "6000",
                "KAFKA_HEARTBEAT_INTERVAL_MS", "2000",
                "CHRONOSCOPE_KAFKA_GROUP", topics.state(),
                "CHRONOSCOPE_TOPICS_CHUNKS", topics.chunks(),
                "CHRONOSCOPE_TOPICS_EVENTS", topics.events(),
                "CHRONOSCOPE_TOPICS_SUMMARIES", topics.summaries(),
                "CHRONOSCOPE_TOPICS_DEAD_LETTERS", topics.deadLetters(),
                "CHRONOSCOPE_TOPICS_STATE", topics.state()));
    Path log = logs.resolve(topics.state() + "-" + port + ".log");
    service = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void kill() throws InterruptedException {
    service.destroyForcibly().waitFor();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
        BodyHandlers.ofString());
  }
}
