package io.chronoscope.app;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.Topics;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.record.TopicNames;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The whole service with a broker of its own, for the time it takes to send some streams through
/// it: real records on real topics, on free ports, nothing left behind.
final class EmbeddedService {

  /// @param segments the stream's chunks
  record Stream(String id, List<MediaSegment> segments) {

    long durationMs() {
      return FileFeed.endOf(segments.getLast()).toMillis();
    }
  }

  /// After a stream's end its last records are on their way for less than this.
  private static final long SETTLED = Duration.ofSeconds(10).toNanos();

  private static final URI SOURCE = URI.create("/chronoscope/embedded");

  private final ChronoscopeConfig settings;
  private final AnalysisListener listener;
  private final List<Double> rates;
  private final Map<String, Throwable> failures = new ConcurrentHashMap<>();
  private final Map<String, Long> endedAtNanos = new ConcurrentHashMap<>();

  /// @param listener told what the analysis does
  /// @param rates for streams named after them; see [RateByName]
  EmbeddedService(ChronoscopeConfig settings, AnalysisListener listener, List<Double> rates) {
    this.settings = settings;
    this.listener = listener;
    this.rates = List.copyOf(rates);
  }

  /// Sends the streams and reads what is published until each is over.
  ///
  /// @param each told every result as it comes, with all there are of its stream so far
  /// @return what was said about each stream, in the order given
  Map<String, StreamResults> run(List<Stream> streams, Consumer<StreamResults> each) {
    Map<String, StreamResults> all = new LinkedHashMap<>();
    streams.forEach(stream -> all.put(stream.id(), new StreamResults(stream.id())));
    TopicNames topics = Wiring.topicNames(settings);
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0))) {
      String servers = broker.bootstrapServers();
      Topics.ensure(KafkaOptions.client(servers), topics);
      ModelOptions.set("chronoscope.kafka.bootstrap-servers", servers);
      ModelOptions.set("kafka.bootstrap.servers", servers);
      ModelOptions.set("chronoscope.http.port", "0");
      if (System.getenv("CHRONOSCOPE_LOG_LEVEL") == null) {
        ModelOptions.set("chronoscope.log.level", "WARN");
      }
      int status =
          ServiceRun.with(
              new ServiceRun.Plan(
                  () -> {
                    drive(servers, topics, streams, all, each);
                    return ExitCode.OK;
                  },
                  new Listeners(listener, endListener()),
                  rates));
      if (status != ExitCode.OK) {
        throw new EnvironmentException("the service ended by itself; the log above says why");
      }
      return all;
    }
  }

  private AnalysisListener endListener() {
    return new AnalysisListener() {
      @Override
      public void streamFailed(String stream, Throwable cause) {
        failures.put(stream, cause);
      }

      @Override
      public void streamEnded(String stream) {
        endedAtNanos.put(stream, System.nanoTime());
      }
    };
  }

  private void drive(
      String servers,
      TopicNames topics,
      List<Stream> streams,
      Map<String, StreamResults> all,
      Consumer<StreamResults> each) {
    Map<String, Object> client = KafkaOptions.client(servers);
    try (ResultReader reader =
            new ResultReader(
                client,
                List.of(topics.events(), topics.summaries(), topics.deadLetters()),
                ResultReader.From.BEGINNING);
        ChunkPublisher publisher = new ChunkPublisher(client, topics.chunks(), SOURCE)) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> send(publisher, streams), task -> Thread.ofVirtual().start(task));
      Set<String> open = new HashSet<>(all.keySet());
      while (!open.isEmpty()) {
        if (sending.isCompletedExceptionally()) {
          sending.join();
        }
        failures.forEach((stream, cause) -> {
          throw new IllegalStateException("stream " + stream + " failed: " + cause, cause);
        });
        for (Read read : reader.poll(Duration.ofMillis(250))) {
          switch (read) {
            case Read.Foreign foreign ->
                throw new IllegalStateException(
                    "a record that is no result: " + foreign.at() + ": " + foreign.problem());
            case Read.Published published -> {
              StreamResults results = all.get(published.result().stream());
              if (results != null) {
                results.add(published.result());
                each.accept(results);
                if (results.over()) {
                  open.remove(results.stream());
                }
              }
            }
          }
        }
        // A stream of which nothing could be shown ends without a summary.
        open.removeIf(stream ->
            System.nanoTime() - endedAtNanos.getOrDefault(stream, System.nanoTime()) > SETTLED);
      }
    }
  }

  private static void send(ChunkPublisher publisher, List<Stream> streams) {
    // Round by round, as cameras that run at the same time would.
    Instant start = Instant.now();
    int rounds = streams.stream().mapToInt(stream -> stream.segments().size()).max().orElse(0);
    for (int round = 0; round < rounds; round++) {
      for (Stream stream : streams) {
        if (round < stream.segments().size()) {
          MediaSegment segment = stream.segments().get(round);
          publisher
              .publish(
                  stream.id(),
                  round,
                  start.plus(segment.start()),
                  segment.duration(),
                  segment.contentType(),
                  FileFeed.bytesOf(segment))
              .toCompletableFuture()
              .join();
          if (round == stream.segments().size() - 1) {
            publisher.end(stream.id()).toCompletableFuture().join();
          }
        }
      }
    }
  }
}
