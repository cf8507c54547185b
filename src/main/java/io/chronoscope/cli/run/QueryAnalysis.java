package io.chronoscope.cli.run;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.batching.BatchListener;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.rule.Rules;
import io.chronoscope.service.AnalysisRuntime;
import io.chronoscope.shedding.LoadGovernor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// Looks for many queries in video files, one after the other, in this process and without Kafka,
/// as `analyze --query` does. The model is loaded once, and what was encoded for one query about a
/// file serves the next.
public final class QueryAnalysis implements AutoCloseable {

  private static final Duration CHUNK = Duration.ofSeconds(4);

  private final ChronoscopeConfig settings;
  private final double threshold;
  private final AnalysisRuntime runtime;
  private volatile CompletableFuture<Void> end = new CompletableFuture<>();

  /// @param threshold confidence from which on something is reported
  /// @param listener receives what happens during the analysis
  public QueryAnalysis(ChronoscopeConfig settings, double threshold, AnalysisListener listener) {
    this.settings = settings;
    this.threshold = threshold;
    this.runtime =
        AnalysisRuntime.open(
            settings,
            new FfmpegDecoder(ConfiguredDecoding.softwareDecoding(settings)),
            listener.andThen(this::failed),
            BatchListener.SILENT);
  }

  private void failed(AnalysisEvent event) {
    if (event instanceof AnalysisEvent.StreamFailed failed) {
      end.completeExceptionally(failed.cause());
    }
  }

  /// Looks for all of them in one file.
  ///
  /// @return for each query the last revision of each event
  public Map<String, List<VideoEvent>> run(Path file, List<String> queries) {
    List<MediaSegment> segments = FileFeed.cut(file, CHUNK);
    Map<String, List<VideoEvent>> found = new LinkedHashMap<>();
    for (String query : queries) {
      found.put(query, run(query, file, segments));
    }
    return found;
  }

  private List<VideoEvent> run(String query, Path file, List<MediaSegment> segments) {
    AnalysisSettings asked =
        LayerSettings.analysis(settings, runtime.hints(), Optional.empty())
            .withQuery(new AnalysisSettings.Query(query, threshold));
    Map<String, VideoEvent> events = new ConcurrentHashMap<>();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    end = ended;
    try (StreamAnalysis analysis =
        runtime.analysis(
            asked,
            LoadGovernor.off(),
            Rules.NONE,
            commit -> {
              commit.results().stream()
                  .filter(VideoEvent.class::isInstance)
                  .map(VideoEvent.class::cast)
                  .forEach(event -> events.put(event.id(), event));
              if (commit.state().isEmpty()) {
                ended.complete(null);
              }
              return CompletableFuture.completedFuture(null);
            })) {
      String stream = FileFeed.streamOf(file);
      for (MediaSegment segment : segments) {
        offer(analysis, FileFeed.chunk(stream, file.toString(), Instant.EPOCH, segment));
      }
      offer(
          analysis,
          new StreamInput.EndOfStream(
              stream, new ChunkOrigin(file.toString(), 0, segments.size())));
      ended.join();
    }
    return events.values().stream()
        .filter(event -> event.status() != Status.WITHDRAWN)
        .sorted(Comparator.comparing(VideoEvent::start))
        .toList();
  }

  private static void offer(StreamAnalysis analysis, StreamInput input) {
    analysis.offer(input).toCompletableFuture().join();
  }

  @Override
  public void close() {
    runtime.close();
  }
}
