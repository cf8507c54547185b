package io.chronoscope.cli.bench.engine;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/// A file's chunks, offered to a [StreamAnalysis] as fast as it accepts them. Each run is a stream
/// of its own, so that no cached embedding is reused. Thread-safe.
final class StreamReplay {

  private static final Duration CHUNK_LENGTH = Duration.ofSeconds(4);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final List<MediaSegment> segments;
  private final Map<String, CompletableFuture<Void>> ends = new ConcurrentHashMap<>();

  StreamReplay(List<MediaSegment> segments) {
    this.segments = segments;
  }

  /// A file as the chunks of a stream.
  static List<MediaSegment> cut(Path file) {
    return FileFeed.cut(file, CHUNK_LENGTH);
  }

  double videoSeconds() {
    return segments.stream().mapToLong(segment -> segment.duration().toNanos()).sum() / 1e9;
  }

  /// Offers all chunks and waits for the commit that ends the stream.
  ///
  /// @param analysis that commits to [#commit] and reports to [#listener]
  void run(StreamAnalysis analysis, String stream) {
    CompletableFuture<Void> end = end(stream);
    for (MediaSegment segment : segments) {
      await(analysis.offer(FileFeed.chunk(stream, stream, START, segment)));
    }
    await(
        analysis.offer(
            new StreamInput.EndOfStream(stream, new ChunkOrigin(stream, 0, segments.size()))));
    await(end);
    ends.remove(stream);
  }

  private static void await(CompletionStage<Void> stage) {
    try {
      stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IllegalStateException("the analysis failed: " + e.getCause(), e.getCause());
    }
  }

  CompletionStage<Void> commit(StreamCommit commit) {
    if (commit.state().isEmpty()) {
      end(commit.stream()).complete(null);
    }
    return CompletableFuture.completedFuture(null);
  }

  AnalysisListener listener() {
    return event -> {
      if (event instanceof AnalysisEvent.StreamFailed(String stream, Throwable cause)) {
        end(stream).completeExceptionally(cause);
      }
    };
  }

  private CompletableFuture<Void> end(String stream) {
    return ends.computeIfAbsent(stream, any -> new CompletableFuture<>());
  }
}
