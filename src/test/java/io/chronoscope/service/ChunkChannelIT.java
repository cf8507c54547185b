package io.chronoscope.service;

import static io.chronoscope.testing.Await.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.CommitSink;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.From;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.messaging.delivery.MessagingFailure;
import io.chronoscope.testing.WordPairAnalysis;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/// The Kafka edge in its container: the channel, its rebalance listener, health and metrics.
@QuarkusTest
@TestProfile(ChunkChannelIT.WithoutModel.class)
@QuarkusTestResource(value = ChunkChannelIT.Broker.class, restrictToAnnotatedClass = true)
class ChunkChannelIT {

  private static final int CHUNKS = 20;
  private static final String FORMER_NAME = "chronoscope.references.patience";

  @Inject WordPairAnalysis analysis;
  @Inject MessagingFailure failure;
  @Inject ChronoscopeConfig settings;

  @TestHTTPResource(management = true)
  URI root;

  @Test
  void consumesOneChunkAtATimeAndCommitsProcessedOffsets() throws Exception {
    CompletableFuture<Void> room = new CompletableFuture<>();
    analysis.room = room;
    Map<String, Object> kafka = Map.of("bootstrap.servers", Broker.servers);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>("video.chunks", 2, null, (byte[]) null)).get();
      producer.send(new ProducerRecord<>("video.chunks", 2, "ghost", null)).get();
    }
    try (ChunkPublisher publisher =
        new ChunkPublisher(kafka, "video.chunks", URI.create("/test"))) {
      for (int i = 0; i < CHUNKS; i++) {
        publisher.publish(
            "cam",
            i,
            WordPairAnalysis.START.plusSeconds(i),
            Duration.ofSeconds(1),
            "text/plain",
            ("word" + i).getBytes(UTF_8));
      }
      publisher.end("cam");
    }
    until(() -> offered("cam") == 1 && offered("ghost") == 1);
    LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
    // A stream without room stops its own partition only.
    assertThat(offered("cam")).isOne();
    until(() -> !get("/q/metrics").contains("chronoscope_chunks_lag 0.0"));
    analysis.room = CompletableFuture.completedFuture(null);
    room.complete(null);

    until(() -> results(kafka).stream().anyMatch(Summary.class::isInstance));
    List<Result> results = results(kafka);
    assertThat(results.stream().filter(result -> result.stream().equals("cam"))).hasSize(CHUNKS);
    assertThat(results.stream().filter(DeadLetter.class::isInstance).map(Result::stream).toList())
        .containsExactlyInAnyOrder("video.chunks-2", "ghost");
    try (Admin admin = Admin.create(kafka)) {
      until(() -> committed(admin) == CHUNKS + 3);
    }
    assertThat(failure.reason()).isEmpty();
    assertThat(get("/q/health/live")).contains("\"streams\"", "\"UP\"");
    assertThat(get("/q/health/ready")).contains("\"UP\"");
    assertThat(OperatingPage.withoutHelp(get("/q/metrics"))).isEmpty();
    assertThat(get("/q/metrics"))
        .contains(
            "chronoscope_chunks_received_total 23.0",
            "chronoscope_chunks_rejected_total{reason=\"bad_envelope\"} 1.0",
            "chronoscope_chunks_rejected_total{reason=\"empty\"} 1.0",
            "chronoscope_chunks_outstanding 0.0",
            "kafka_consumer_fetch_manager_records_lag");
    until(() -> get("/q/metrics").contains("chronoscope_chunks_lag 0.0"));
  }

  @Test
  void readsSettingsUnderFormerNames() {
    assertThat(settings.references().retryTimeout()).isEqualTo(Duration.ofSeconds(7));
  }

  private long offered(String stream) {
    return analysis.offered.stream().filter(input -> input.stream().equals(stream)).count();
  }

  private String get(String path) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(root.resolve(path)).build(), BodyHandlers.ofString())
          .body();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static long committed(Admin admin) {
    try {
      return admin
          .listConsumerGroupOffsets("chronoscope")
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .mapToLong(offset -> offset == null ? 0 : offset.offset())
          .sum();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Result> results(Map<String, Object> kafka) {
    List<Result> results = new ArrayList<>();
    try (ResultReader reader =
        new ResultReader(
            kafka,
            List.of("video.events", "video.summaries", "video.chunks.dlq"),
            From.BEGINNING)) {
      reader.readToEnd(read -> results.add(((Read.Published) read).result()));
    }
    return results;
  }

  public static final class Broker implements QuarkusTestResourceLifecycleManager {

    static volatile String servers = "";
    private EmbeddedBroker broker;

    @Override
    public Map<String, String> start() {
      broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
      servers = broker.bootstrapServers();
      return Map.of(
          "kafka.bootstrap.servers", servers, "quarkus.http.test-port", "0", FORMER_NAME, "7s");
    }

    @Override
    public void stop() {
      broker.close();
    }
  }

  /// Everything except the analysis and its model.
  public static final class WithoutModel implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "quarkus.arc.exclude-types",
          "io.chronoscope.service.Service*,io.chronoscope.service.ModelReadiness,io.chronoscope.cli.**");
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(WordAnalysisBean.class);
    }
  }

  @Alternative
  @Priority(1)
  @Singleton
  public static final class WordAnalysisBean {

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    WordPairAnalysis analysis(CommitSink sink) {
      return new WordPairAnalysis(sink, Executors.newVirtualThreadPerTaskExecutor());
    }
  }
}
