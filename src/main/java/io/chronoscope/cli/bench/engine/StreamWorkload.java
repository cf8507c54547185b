package io.chronoscope.cli.bench.engine;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.batching.BatchListener;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.rule.Rules;
import io.chronoscope.service.AnalysisRuntime;
import io.chronoscope.shedding.LoadGovernor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/// The whole stream: offers a file's chunks to [StreamAnalysis] as fast as it accepts them and
/// waits for the commit that ends the stream. Each run is a stream of its own, so that no cached
/// embedding is reused. Owns a model of its own.
final class StreamWorkload implements Workload, AutoCloseable {

  private static final Duration CHUNK_LENGTH = Duration.ofSeconds(4);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final List<MediaSegment> segments;
  private final Stopwatch stopwatch;
  private final MeteredModel model;
  private final AnalysisRuntime runtime;
  private final StreamAnalysis analysis;
  private final Map<String, CompletableFuture<Void>> ends = new ConcurrentHashMap<>();
  private int streams;

  private StreamWorkload(
      ChronoscopeConfig settings, ModelWork work, Path file, Stopwatch stopwatch) {
    this.segments = FileFeed.cut(file, CHUNK_LENGTH);
    this.stopwatch = stopwatch;
    AtomicReference<MeteredModel> metered = new AtomicReference<>();
    this.runtime =
        AnalysisRuntime.open(
            settings,
            new FfmpegDecoder(),
            listener(),
            BatchListener.SILENT,
            engine -> {
              MeteredModel decorated = new MeteredModel(engine, work);
              metered.set(decorated);
              return decorated;
            });
    this.model = Objects.requireNonNull(metered.get());
    this.analysis =
        runtime.analysis(
            LayerSettings.analysis(settings, runtime.hints(), Optional.empty()),
            LoadGovernor.off(),
            Rules.NONE,
            this::apply);
  }

  /// Opens the configured model.
  ///
  /// @param work of that model
  static StreamWorkload open(
      ChronoscopeConfig settings, ModelWork work, Path file, Stopwatch stopwatch) {
    return new StreamWorkload(settings, work, file, stopwatch);
  }

  @Override
  public void warmUp() {}

  @Override
  public Outcome run() {
    model.drain();
    String stream = "bench-" + ++streams;
    Cost cost = stopwatch.time(() -> analyze(stream));
    double videoSeconds =
        segments.stream().mapToLong(segment -> segment.duration().toNanos()).sum() / 1e9;
    return new Outcome(cost, Dimensions.NONE, videoSeconds, model.drain());
  }

  private void analyze(String stream) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    ends.put(stream, end);
    for (MediaSegment segment : segments) {
      await(analysis.offer(chunk(stream, segment)));
    }
    await(
        analysis.offer(
            new StreamInput.EndOfStream(stream, new ChunkOrigin(stream, 0, segments.size()))));
    await(end);
    ends.remove(stream);
  }

  private static StreamInput.Chunk chunk(String stream, MediaSegment segment) {
    Instant start = START.plus(segment.start());
    return new StreamInput.Chunk(
        stream,
        new ChunkOrigin(stream, 0, segment.index()),
        Optional.of(start),
        start,
        OptionalLong.of(segment.index()),
        Optional.of(segment.duration()),
        segment.media().duplicate());
  }

  private static void await(CompletionStage<Void> stage) {
    try {
      stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IllegalStateException("the analysis failed: " + e.getCause(), e.getCause());
    }
  }

  private CompletionStage<Void> apply(StreamCommit commit) {
    if (commit.state().isEmpty()) {
      end(commit.stream()).complete(null);
    }
    return CompletableFuture.completedFuture(null);
  }

  private AnalysisListener listener() {
    return event -> {
      if (event instanceof AnalysisEvent.StreamFailed(String stream, Throwable cause)) {
        end(stream).completeExceptionally(cause);
      }
    };
  }

  private CompletableFuture<Void> end(String stream) {
    return ends.computeIfAbsent(stream, any -> new CompletableFuture<>());
  }

  @Override
  public void close() {
    analysis.close();
    runtime.close();
  }
}
