package io.chronoscope.cli.run;

import io.chronoscope.analysis.AnalysisEvent.StreamEnded;
import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.cli.console.SettingOverrides;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.Topics;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.service.ExitCode;
import io.chronoscope.service.ServiceRun;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
public final class EmbeddedService {

  /// @param segments the stream's chunks
  /// @param begins after the first of all
  public record Stream(String id, List<MediaSegment> segments, Duration begins) {

    public Stream(String id, List<MediaSegment> segments) {
      this(id, segments, Duration.ZERO);
    }

    public long durationMs() {
      return FileFeed.endOf(segments.getLast()).toMillis();
    }
  }

  /// How fast chunks are sent.
  public enum Pace {
    AS_FAST_AS_IT_GOES,
    /// Each when a camera would have it complete.
    REAL_TIME
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
  /// @param rates for streams named after them; see [RateByStreamName]
  public EmbeddedService(
      ChronoscopeConfig settings, AnalysisListener listener, List<Double> rates) {
    this.settings = settings;
    this.listener = listener;
    this.rates = List.copyOf(rates);
  }

  /// Sends the streams and reads what is published until each is over.
  ///
  /// @param each told every result as it comes, with all there are of its stream so far
  /// @return what was said about each stream, in the order given
  public Map<String, StreamResults> run(List<Stream> streams, Consumer<StreamResults> each) {
    return run(streams, Pace.AS_FAST_AS_IT_GOES, each);
  }

  /// @see #run(List, Consumer)
  public Map<String, StreamResults> run(
      List<Stream> streams, Pace pace, Consumer<StreamResults> each) {
    Map<String, StreamResults> all = new LinkedHashMap<>();
    streams.forEach(stream -> all.put(stream.id(), new StreamResults(stream.id())));
    TopicNames topics = LayerSettings.topicNames(settings);
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0))) {
      String servers = broker.bootstrapServers();
      Topics.ensure(KafkaClientConfig.ofEmbedded(servers), topics);
      SettingOverrides.useBroker(servers);
      SettingOverrides.set("chronoscope.http.port", "0");
      if (System.getenv("CHRONOSCOPE_LOG_LEVEL") == null) {
        SettingOverrides.set("chronoscope.log.level", "WARN");
      }
      int status =
          ServiceRun.with(
              new ServiceRun.Plan(
                  () -> {
                    drive(servers, topics, streams, pace, all, each);
                    return ExitCode.OK;
                  },
                  listener.andThen(endListener()),
                  rates));
      if (status != ExitCode.OK) {
        throw new EnvironmentException("the service ended by itself; the log above says why");
      }
      return all;
    }
  }

  private AnalysisListener endListener() {
    return event -> {
      if (event instanceof StreamFailed(String stream, Throwable cause)) {
        failures.put(stream, cause);
      } else if (event instanceof StreamEnded(String stream)) {
        endedAtNanos.put(stream, System.nanoTime());
      }
    };
  }

  private void drive(
      String servers,
      TopicNames topics,
      List<Stream> streams,
      Pace pace,
      Map<String, StreamResults> all,
      Consumer<StreamResults> each) {
    Map<String, Object> client = KafkaClientConfig.ofEmbedded(servers);
    try (ResultReader reader =
            new ResultReader(
                client, topics.ofKind(Topic.Kind.ANALYSIS), ResultReader.From.BEGINNING);
        ChunkPublisher publisher = new ChunkPublisher(client, topics.of(Topic.CHUNKS), SOURCE)) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> send(publisher, streams, pace), task -> Thread.ofVirtual().start(task));
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
        // A stream of which nothing could be shown has no end to tell.
        open.removeIf(stream ->
            System.nanoTime() - endedAtNanos.getOrDefault(stream, System.nanoTime()) > SETTLED);
      }
    }
  }

  private record Part(Stream stream, int number) {

    MediaSegment segment() {
      return stream.segments().get(number);
    }

    /// When a camera has it complete, after the first camera's start.
    Duration complete() {
      return stream.begins().plus(FileFeed.endOf(segment()));
    }

    boolean isLast() {
      return number == stream.segments().size() - 1;
    }
  }

  /// As cameras that run at the same time would.
  private static void send(ChunkPublisher publisher, List<Stream> streams, Pace pace) {
    List<Part> parts = new ArrayList<>();
    for (Stream stream : streams) {
      for (int number = 0; number < stream.segments().size(); number++) {
        parts.add(new Part(stream, number));
      }
    }
    parts.sort(Comparator.comparing(Part::complete));
    Instant start = Instant.now();
    for (Part part : parts) {
      if (pace == Pace.REAL_TIME) {
        sleepUntil(start.plus(part.complete()));
      }
      MediaSegment segment = part.segment();
      String id = part.stream().id();
      publisher
          .publish(
              id,
              part.number(),
              start.plus(part.stream().begins()).plus(segment.start()),
              segment.duration(),
              segment.contentType(),
              FileFeed.bytesOf(segment))
          .toCompletableFuture()
          .join();
      if (part.isLast()) {
        publisher.end(id).toCompletableFuture().join();
      }
    }
  }

  private static void sleepUntil(Instant due) {
    try {
      Duration left = Duration.between(Instant.now(), due);
      if (left.isPositive()) {
        Thread.sleep(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sending", e);
    }
  }
}
