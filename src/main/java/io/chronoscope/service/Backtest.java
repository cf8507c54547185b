package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisEvent.StreamEnded;
import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.client.ReplayedChunks;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.EndOfStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/// Analyzes retained chunks again, in this process and without a consumer group. What becomes of
/// the results is up to the caller.
public final class Backtest {

  private final Map<String, Object> kafka;

  /// A [StreamEnded] or [StreamFailed] for each stream.
  private final BlockingQueue<AnalysisEvent> ended = new LinkedBlockingQueue<>();

  /// @param kafka client properties
  public Backtest(Map<String, Object> kafka) {
    this.kafka = kafka;
  }

  /// The listener of the analysis that [#replay] uses.
  public AnalysisListener listener() {
    return event -> {
      if (event instanceof StreamEnded || event instanceof StreamFailed) {
        ended.add(event);
      }
    };
  }

  /// Offers all chunks to an analysis and waits until every stream has ended.
  ///
  /// @param topic that holds the chunks
  /// @param newAnalysis creates the analysis from the function that applies its commits
  /// @param results gets the results of all streams, one at a time, in the order of their stream
  /// @return number of chunks analyzed
  /// @throws IllegalArgumentException when the topic does not exist
  /// @throws IllegalStateException when the analysis of a stream fails
  public long replay(
      ReplayedChunks chunks,
      String topic,
      Function<Function<StreamCommit, CompletionStage<Void>>, StreamAnalysis> newAnalysis,
      Consumer<Result> results) {
    Replay replay = new Replay();
    try (StreamAnalysis analysis = newAnalysis.apply(commit -> apply(commit, results))) {
      chunks.read(kafka, topic, input -> replay.offer(analysis, input));
      replay.endOpenStreams(analysis);
      awaitEnds(replay.streams);
    }
    return replay.chunks;
  }

  private synchronized CompletionStage<Void> apply(StreamCommit commit, Consumer<Result> results) {
    commit.results().forEach(results);
    return CompletableFuture.completedFuture(null);
  }

  private void awaitEnds(long streams) {
    try {
      for (long i = 0; i < streams; i++) {
        if (ended.take() instanceof StreamFailed(String stream, Throwable cause)) {
          throw new IllegalStateException(
              "analysis of stream %s failed: %s".formatted(stream, cause), cause);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during the analysis", e);
    }
  }

  /// Counts what is offered and ends the streams whose end is not retained.
  private static final class Replay {

    private final Map<String, ChunkOrigin> open = new HashMap<>();
    private long chunks;
    private long streams;

    void offer(StreamAnalysis analysis, StreamInput input) {
      if (input instanceof EndOfStream) {
        if (open.remove(input.stream()) == null) {
          // A second end, or the end of a stream without chunks in the range.
          return;
        }
        streams++;
      } else {
        open.put(input.stream(), input.origin());
        chunks += input instanceof StreamInput.Chunk ? 1 : 0;
      }
      analysis.offer(input).toCompletableFuture().join();
    }

    void endOpenStreams(StreamAnalysis analysis) {
      open.forEach((stream, last) -> {
        streams++;
        analysis.offer(new EndOfStream(stream, last)).toCompletableFuture().join();
      });
    }
  }
}
