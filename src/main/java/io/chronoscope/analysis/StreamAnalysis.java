package io.chronoscope.analysis;

import io.chronoscope.batching.BatchedModel;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.load.LoadGovernor;
import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.model.StreamInput;
import io.chronoscope.model.StreamInput.Chunk;
import io.chronoscope.model.StreamInput.EndOfStream;
import io.chronoscope.model.StreamInput.Unreadable;
import io.chronoscope.rule.Rules;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Many streams at once: each has a lane with a thread of its own, in which its inputs are worked
/// off in their order; lanes meet in the model's batches only.
public final class StreamAnalysis implements Intake, AutoCloseable {

  /// What the analysis works with. It owns none of it.
  ///
  /// @param pairs of `model`; shared with everything else that looks at the same streams
  public record Tools(
      MediaDecoder decoder,
      ReferencedMedia references,
      BatchedModel model,
      LoadGovernor load,
      Rules rules,
      PairStore pairs,
      StepSink sink,
      AnalysisListener listener,
      InstantSource clock) {

    /// Without rules and with a store of its own.
    public Tools(
        MediaDecoder decoder,
        ReferencedMedia references,
        BatchedModel model,
        LoadGovernor load,
        StepSink sink,
        AnalysisListener listener) {
      this(
          decoder,
          references,
          model,
          load,
          Rules.NONE,
          new PairStore(model, PairStore.DEFAULT_MAX_BYTES),
          sink,
          listener,
          InstantSource.system());
    }
  }

  private final AnalysisSettings settings;
  private final Tools tools;
  private final ByteBudget waitingBytes;
  private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
  private final Map<String, StreamAnalyzer.Resumed> resting = new ConcurrentHashMap<>();

  public StreamAnalysis(AnalysisSettings settings, Tools tools) {
    this.settings = settings;
    this.tools = tools;
    this.waitingBytes = new ByteBudget(settings.maxWaitingBytes());
  }

  @Override
  public CompletionStage<Void> offer(StreamInput input) {
    CompletableFuture<Void> refused = new CompletableFuture<>();
    long bytes = sizeBytes(input);
    CompletionStage<Void> room = waitingBytes.add(bytes);
    lanes.compute(
        input.stream(),
        (stream, lane) -> {
          Lane open =
              lane == null ? open(stream, Optional.ofNullable(resting.remove(stream))) : lane;
          Throwable failure = open.failure();
          if (failure != null) {
            refused.completeExceptionally(failure);
          } else {
            open.add(input);
          }
          return open;
        });
    if (!refused.isDone()) {
      return room;
    }
    // Outside the map: a feeder that this lets go on may offer at once.
    waitingBytes.release(bytes);
    return refused;
  }

  private Lane open(String stream, Optional<StreamAnalyzer.Resumed> resumed) {
    Lane lane =
        new Lane(
            stream,
            settings,
            tools,
            resumed,
            input -> waitingBytes.release(sizeBytes(input)),
            this::leave);
    lane.start();
    return lane;
  }

  /// A lane with nothing to do goes, unless something came for it in the meantime. A stream that
  /// only rests leaves its state.
  private boolean leave(Lane lane, Optional<StreamAnalyzer.Resumed> rests) {
    return lanes.computeIfPresent(
            lane.stream(),
            (stream, current) -> {
              if (current != lane || !lane.isEmpty()) {
                return current;
              }
              rests.ifPresent(state -> resting.put(stream, state));
              return null;
            })
        != lane;
  }

  private static long sizeBytes(StreamInput input) {
    return switch (input) {
      case Chunk chunk -> chunk.sizeBytes();
      case EndOfStream end -> 0;
      case Unreadable unreadable -> 0;
    };
  }

  @Override
  public void resume(StreamState state, ChunkOrigin resumeFrom) {
    StreamAnalyzer.Resumed resumed = new StreamAnalyzer.Resumed(state, resumeFrom);
    lanes.compute(
        state.stream(),
        (stream, lane) -> {
          if (lane == null && state.rests()) {
            // States are kept for weeks, so there may be many of these: no thread for each.
            resting.put(stream, resumed);
            return null;
          }
          resting.remove(stream);
          // A stream that fell silent while nobody watched: its idle time runs from now.
          return lane == null ? open(stream, Optional.of(resumed)) : lane;
        });
  }

  @Override
  public void forget(Predicate<String> stream) {
    lanes
        .values()
        .removeIf(lane -> {
          boolean goes = stream.test(lane.stream());
          if (goes) {
            lane.forget();
          }
          return goes;
        });
    // Only now: a lane that left meanwhile has put its stream here.
    resting.keySet().removeIf(stream);
  }

  /// Media bytes that wait to be decoded.
  public long waitingBytes() {
    return waitingBytes.bytes();
  }

  /// Streams at work; those that rest are none.
  public int streams() {
    return lanes.size();
  }

  /// Stops all lanes where they are; nothing more is published.
  @Override
  public void close() {
    forget(any -> true);
  }
}
