package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.Intake;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.window.AnalysisTools;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Unreadable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Many streams at once: each has a lane with a thread of its own, in which its inputs are worked
/// off in their order; lanes meet in the model's batches only.
public final class StreamAnalysis implements Intake, AutoCloseable {

  private final AnalysisSettings settings;
  private final AnalysisTools tools;
  private final ByteBudget waitingBytes;
  private final Map<String, StreamWorker> lanes = new ConcurrentHashMap<>();
  private final Map<String, StreamLifecycle.Resumed> resting = new ConcurrentHashMap<>();

  public StreamAnalysis(AnalysisSettings settings, AnalysisTools tools) {
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
          StreamWorker open =
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

  private StreamWorker open(String stream, Optional<StreamLifecycle.Resumed> resumed) {
    StreamWorker lane =
        new StreamWorker(
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
  private boolean leave(StreamWorker lane, Optional<StreamLifecycle.Resumed> rests) {
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
    StreamLifecycle.Resumed resumed = new StreamLifecycle.Resumed(state, resumeFrom);
    lanes.compute(
        state.stream(),
        (stream, lane) -> {
          if (lane == null && state.isIdle()) {
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
