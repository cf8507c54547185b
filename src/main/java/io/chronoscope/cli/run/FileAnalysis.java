package io.chronoscope.cli.run;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.batching.BatchListener;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.MediaCutter;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.worker.DecodeListener;
import io.chronoscope.decode.worker.DecodePool;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.render.Progress;
import io.chronoscope.rule.Rules;
import io.chronoscope.service.AnalysisRuntime;
import io.chronoscope.shedding.LoadGovernor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Analyzes video files in this process, without Kafka. Each file is a stream; all are analyzed
/// side by side. For one run.
public final class FileAnalysis {

  /// Chunks that wait for the analysis, in bytes. Files can be read when needed, so that a few
  /// chunks are enough.
  private static final long READ_AHEAD_BYTES = 16 * 1024 * 1024;

  private final ChronoscopeConfig settings;
  private final Optional<String> query;
  private final Progress progress;
  private final Consumer<Result> onResult;
  private final BatchListener batches;
  private final Map<String, StreamResults> results = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<Void>> ends = new LinkedHashMap<>();
  private volatile boolean hasUnreadableFiles;

  /// @param query what to look for; empty for everything that happens
  /// @param onResult called with each result, one at a time, on the streams' threads
  public FileAnalysis(
      ChronoscopeConfig settings,
      Optional<String> query,
      Progress progress,
      Consumer<Result> onResult) {
    this(settings, query, progress, onResult, BatchListener.SILENT);
  }

  /// @param batches receives what the model computes
  FileAnalysis(
      ChronoscopeConfig settings,
      Optional<String> query,
      Progress progress,
      Consumer<Result> onResult,
      BatchListener batches) {
    this.settings = settings;
    this.query = query;
    this.progress = progress;
    this.onResult = onResult;
    this.batches = batches;
  }

  /// Analyzes the files and waits until all streams have ended. A file that cannot be read or
  /// analyzed is reported and does not stop the others.
  ///
  /// @param files by the id of their stream
  /// @param chunkLength minimum length of the chunks that files are cut into
  /// @param statedFps frame rate of the files, which are elementary streams then
  /// @param start absolute start of all streams
  /// @return the results of each stream, in the order of `files`, without unreadable files
  public Map<String, StreamResults> run(
      Map<String, Path> files, Duration chunkLength, OptionalDouble statedFps, Instant start) {
    for (String stream : files.keySet()) {
      ends.put(stream, new CompletableFuture<>());
      results.put(stream, StreamResults.latestOnly(stream));
    }
    try (DecodePool decoders =
            ConfiguredDecoding.decoders(
                settings, settings.decode().isolation(), files.size(), DecodeListener.SILENT);
        MediaFiles open = ConfiguredDecoding.files(settings, DecodeListener.SILENT);
        AnalysisRuntime runtime = AnalysisRuntime.open(settings, decoders, listener(), batches)) {
      AnalysisSettings limits =
          LayerSettings.analysis(settings, runtime.hints(), query)
              .withMaxWaitingBytesUpTo(READ_AHEAD_BYTES);
      try (StreamAnalysis analysis =
          runtime.analysis(limits, LoadGovernor.off(), Rules.NONE, this::apply)) {
        files.forEach(
            (stream, file) -> offer(analysis, stream, file, open, chunkLength, statedFps, start));
        ends.values().forEach(CompletableFuture::join);
      }
    }
    return results;
  }

  /// Whether any file could not be read.
  public boolean hasUnreadableFiles() {
    return hasUnreadableFiles;
  }

  private void offer(
      StreamAnalysis analysis,
      String stream,
      Path file,
      MediaFiles open,
      Duration chunkLength,
      OptionalDouble statedFps,
      Instant start) {
    ChunkLimits limits = ChunkLimits.ofAnalysis(settings);
    try (OpenVideo video = OpenVideo.of(file, open)) {
      MediaCutter.Overview overview = video.overview(statedFps);
      overview.selection().ifPresent(said -> progress.print("%s: %s".formatted(file, said)));
      statedFps.ifPresent(fps -> progress.print("%s: %s frames/s, as stated".formatted(file, fps)));
      progress.start(stream, Optional.of(overview.duration().toMillis()));
      AtomicLong chunks = new AtomicLong();
      video.cut(
          chunkLength,
          statedFps,
          segment -> {
            limits.check(file, segment);
            await(analysis.offer(FileFeed.chunk(stream, file.toString(), start, segment)));
            chunks.incrementAndGet();
          });
      await(
          analysis.offer(
              new StreamInput.EndOfStream(
                  stream, new ChunkOrigin(file.toString(), 0, chunks.get()))));
    } catch (ConfigurationException e) {
      throw e;
    } catch (RuntimeException e) {
      // Whatever is wrong with one file, the others are analyzed.
      String message = String.valueOf(e.getMessage());
      fail(stream, message.contains(file.toString()) ? message : file + ": " + e);
    }
  }

  /// Reports a file that cannot be analyzed.
  private void fail(String stream, String message) {
    progress.print("chronoscope: " + message);
    synchronized (results) {
      hasUnreadableFiles = true;
      results.remove(stream);
    }
    end(stream).complete(null);
  }

  private static void await(CompletionStage<Void> room) {
    room.toCompletableFuture().join();
  }

  private CompletionStage<Void> apply(StreamCommit commit) {
    synchronized (results) {
      StreamResults stream = results.computeIfAbsent(commit.stream(), StreamResults::latestOnly);
      for (Result result : commit.results()) {
        stream.add(result);
        onResult.accept(result);
      }
    }
    if (commit.state().isEmpty()) {
      end(commit.stream()).complete(null);
    }
    return CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> end(String stream) {
    CompletableFuture<Void> end = ends.get(stream);
    if (end == null) {
      throw new IllegalStateException("no stream " + stream + " was offered");
    }
    return end;
  }

  private AnalysisListener listener() {
    return event -> {
      if (event instanceof AnalysisEvent.Progress made) {
        progress.update(made.stream(), made.analyzedMicros() / 1000, eventsOf(made.stream()));
      } else if (event instanceof AnalysisEvent.StreamEnded(String stream)) {
        progress.update(stream, 0, eventsOf(stream));
        progress.end(stream);
      } else if (event instanceof AnalysisEvent.StreamFailed(String stream, Throwable cause)) {
        fail(stream, "the analysis of %s failed: %s".formatted(stream, cause));
      }
    };
  }

  private int eventsOf(String stream) {
    synchronized (results) {
      StreamResults found = results.get(stream);
      return found == null ? 0 : found.events().size();
    }
  }
}
