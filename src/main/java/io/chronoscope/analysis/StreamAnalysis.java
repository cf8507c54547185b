package io.chronoscope.analysis;

import io.chronoscope.batching.BatchedModel;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.model.StreamInput;
import io.chronoscope.model.StreamInput.Chunk;
import io.chronoscope.model.StreamInput.EndOfStream;
import io.chronoscope.model.StreamInput.Unreadable;
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
  public record Tools(
      MediaDecoder decoder, BatchedModel model, StepSink sink, AnalysisListener listener) {}

  private final AnalysisSettings settings;
  private final Tools tools;
  private final ByteBudget waitingBytes;
  private final Map<String, Lane> lanes = new ConcurrentHashMap<>();

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
          Lane open = lane == null ? open(stream, Optional.empty()) : lane;
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

  /// A lane whose stream is over goes, unless something came for it in the meantime.
  private boolean leave(Lane lane) {
    return lanes.computeIfPresent(
            lane.stream(), (stream, current) -> current == lane && lane.isEmpty() ? null : current)
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
    // A stream that ended while nobody watched gets no further chunk: its idle time runs from now.
    lanes.compute(
        state.stream(), (stream, lane) -> lane == null ? open(stream, Optional.of(resumed)) : lane);
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
  }

  /// Media bytes that wait to be decoded.
  public long waitingBytes() {
    return waitingBytes.bytes();
  }

  /// Streams at work.
  public int streams() {
    return lanes.size();
  }

  /// Stops all lanes where they are; nothing more is published.
  @Override
  public void close() {
    forget(any -> true);
  }
}
