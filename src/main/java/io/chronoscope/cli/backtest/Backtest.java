package io.chronoscope.cli.backtest;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisEvent.StreamEnded;
import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.client.ReplayedChunks;
import io.chronoscope.client.ShadowTopics;
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
import java.util.function.Function;

/// Analyzes retained chunks again, in this process and without a consumer group. Publishes the
/// results to shadow topics and collects the detections among them.
final class Backtest {

  private final Map<String, Object> kafka;
  private final Detections detections = new Detections();

  /// A [StreamEnded] or [StreamFailed] for each stream.
  private final BlockingQueue<AnalysisEvent> ended = new LinkedBlockingQueue<>();

  /// @param kafka client properties
  Backtest(Map<String, Object> kafka) {
    this.kafka = kafka;
  }

  /// The listener of the analysis that [#replay] uses.
  AnalysisListener listener() {
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
  /// @return number of chunks analyzed
  /// @throws IllegalArgumentException when the topic does not exist
  /// @throws IllegalStateException when the analysis of a stream fails
  long replay(
      ReplayedChunks chunks,
      String topic,
      Function<Function<StreamCommit, CompletionStage<Void>>, StreamAnalysis> newAnalysis,
      ShadowTopics shadow) {
    Replay replay = new Replay();
    try (StreamAnalysis analysis = newAnalysis.apply(commit -> apply(commit, shadow))) {
      chunks.read(kafka, topic, input -> replay.offer(analysis, input));
      replay.endOpenStreams(analysis);
      awaitEnds(replay.streams);
    }
    shadow.flush();
    return replay.chunks;
  }

  private synchronized CompletionStage<Void> apply(StreamCommit commit, ShadowTopics shadow) {
    for (Result result : commit.results()) {
      shadow.publish(result);
      detections.add(result);
    }
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

  /// What the replay has found so far.
  Detections detections() {
    return detections;
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
