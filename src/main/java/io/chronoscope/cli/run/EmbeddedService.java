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
import io.chronoscope.config.ConfiguredModel;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.sampling.FixedRate;
import io.chronoscope.service.ExitCode;
import io.chronoscope.service.ServiceLauncher;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Runs the service and a broker in this process while streams pass through: real records on real
/// topics, on free ports, with temporary data.
public final class EmbeddedService {

  /// Maximum delay between a stream's end and the arrival of its last results.
  private static final long SETTLED_NANOS = Duration.ofSeconds(10).toNanos();

  private static final URI SOURCE = URI.create("/chronoscope/embedded");

  private final ChronoscopeConfig settings;
  private final AnalysisListener listener;
  private final List<FixedRate> rates;
  private final Consumer<String> steps;
  private final Map<String, Throwable> failures = new ConcurrentHashMap<>();
  private final Map<String, Long> endedAtNanos = new ConcurrentHashMap<>();

  /// @param listener receives what happens during the analysis
  /// @param rates sampling rates of streams named after them; see
  ///   [io.chronoscope.service.FrameRateRouter]
  public EmbeddedService(
      ChronoscopeConfig settings, AnalysisListener listener, List<FixedRate> rates) {
    this(settings, listener, rates, step -> {});
  }

  /// @param steps receives a sentence for each step until the analysis begins
  /// @throws EnvironmentException when there is no checkpoint, or the device is missing
  public EmbeddedService(
      ChronoscopeConfig settings,
      AnalysisListener listener,
      List<FixedRate> rates,
      Consumer<String> steps) {
    ConfiguredModel.requireModel(settings);
    this.settings = settings;
    this.listener = listener;
    this.rates = List.copyOf(rates);
    this.steps = steps;
  }

  /// Sends the streams immediately.
  ///
  /// @see #run(List, Pace, Consumer)
  public Map<String, StreamResults> run(
      List<SegmentStream> streams, Consumer<StreamResults> onResult) {
    return run(streams, Pace.IMMEDIATE, onResult);
  }

  /// Sends the streams and reads the results until each stream is complete.
  ///
  /// @param onResult called after each result with all results of its stream so far
  /// @return the results of each stream, in the order of `streams`
  /// @throws EnvironmentException when the service stops by itself
  /// @throws IllegalStateException when the analysis of a stream fails
  public Map<String, StreamResults> run(
      List<SegmentStream> streams, Pace pace, Consumer<StreamResults> onResult) {
    return run(streams, pace, onResult, complete -> {});
  }

  /// The same; the service stays up until `onceComplete`, which gets all results, returns.
  ///
  /// @see #run(List, Pace, Consumer)
  public Map<String, StreamResults> run(
      List<SegmentStream> streams,
      Pace pace,
      Consumer<StreamResults> onResult,
      Consumer<Map<String, StreamResults>> onceComplete) {
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0))) {
      return runOn(broker.bootstrapServers(), streams, pace, onResult, onceComplete);
    }
  }

  /// The same with a broker that somebody else runs, on the topics of the settings.
  ///
  /// @param servers address of a broker without security, as the embedded one is
  public Map<String, StreamResults> runOn(
      String servers,
      List<SegmentStream> streams,
      Pace pace,
      Consumer<StreamResults> onResult,
      Consumer<Map<String, StreamResults>> onceComplete) {
    Map<String, StreamResults> all = new LinkedHashMap<>();
    streams.forEach(stream -> all.put(stream.id(), new StreamResults(stream.id())));
    TopicNames topics = LayerSettings.topicNames(settings);
    Map<String, Object> client = KafkaClientConfig.ofEmbedded(servers);
    Topics.ensure(client, topics);
    steps.accept("Kafka broker at %s; starting the service …".formatted(servers));
    SettingOverrides.useBroker(servers);
    SettingOverrides.set("chronoscope.http.port", "0");
    SettingOverrides.set("chronoscope.search.directory", "memory");
    SettingOverrides.set("chronoscope.management.port", "0");
    if (System.getenv("CHRONOSCOPE_LOG_LEVEL") == null) {
      SettingOverrides.set("chronoscope.log.level", "WARN");
    }
    int status =
        ServiceLauncher.run(
            new ServiceLauncher.Plan(
                () -> {
                  steps.accept(
                      "service started; loading the model %s …".formatted(settings.model()));
                  try (ResultReader reader =
                          new ResultReader(
                              client,
                              topics.ofKind(Topic.Kind.ANALYSIS),
                              ResultReader.From.BEGINNING);
                      ChunkPublisher publisher =
                          new ChunkPublisher(client, topics.of(Topic.CHUNKS), SOURCE)) {
                    CameraFeed feed = new CameraFeed(new SegmentSender(publisher), pace);
                    CompletableFuture<Void> sending =
                        CompletableFuture.runAsync(
                            () -> feed.send(streams), task -> Thread.ofVirtual().start(task));
                    collect(reader, sending, all, onResult);
                  }
                  onceComplete.accept(all);
                  return ExitCode.OK;
                },
                listener.andThen(endListener()),
                rates,
                model -> steps.accept("model %s loaded; analyzing …".formatted(model))));
    if (status != ExitCode.OK) {
      throw new EnvironmentException("the service stopped by itself; see the log above");
    }
    return all;
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

  private void collect(
      ResultReader reader,
      CompletableFuture<Void> sending,
      Map<String, StreamResults> all,
      Consumer<StreamResults> onResult) {
    Set<String> open = new HashSet<>(all.keySet());
    while (!open.isEmpty()) {
      if (sending.isCompletedExceptionally()) {
        sending.join();
      }
      failures.forEach((stream, cause) -> {
        throw new IllegalStateException(
            "analysis of stream %s failed: %s".formatted(stream, cause), cause);
      });
      for (Read read : reader.poll(Duration.ofMillis(250))) {
        switch (read) {
          case Read.Foreign foreign ->
              throw new IllegalStateException(
                  "record %s is not a result: %s".formatted(foreign.at(), foreign.problem()));
          case Read.Published published -> {
            StreamResults results = all.get(published.result().stream());
            if (results != null) {
              results.add(published.result());
              onResult.accept(results);
              if (results.isComplete()) {
                open.remove(results.stream());
              }
            }
          }
        }
      }
      // A stream of which no chunk could be decoded publishes no end.
      open.removeIf(stream ->
          System.nanoTime() - endedAtNanos.getOrDefault(stream, System.nanoTime()) > SETTLED_NANOS);
    }
  }
}
