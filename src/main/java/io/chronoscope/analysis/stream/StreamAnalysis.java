package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.Intake;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.stream.StreamLifecycle.Resumed;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.fairness.FairBudget;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Analyzes many streams concurrently. Each active stream has a [StreamWorker] with its own virtual
/// thread, which processes its inputs in order. Streams share the model's batches, the decoders and
/// the memory for queued chunks, all of them fairly. Thread-safe.
public final class StreamAnalysis implements Intake, AutoCloseable {

  /// What a queued record takes besides its media.
  private static final long RECORD_BYTES = 1024;

  private final AnalysisSettings settings;
  private final StreamTools tools;
  private final FairBudget waitingBytes;
  private final Map<String, StreamWorker> workers = new ConcurrentHashMap<>();
  private final Map<String, Resumed> idle = new ConcurrentHashMap<>();

  public StreamAnalysis(AnalysisSettings settings, StreamTools tools) {
    this.settings = settings;
    this.tools = tools;
    this.waitingBytes = new FairBudget(settings.maxWaitingBytes());
  }

  @Override
  public CompletionStage<Void> offer(StreamInput input) {
    CompletableFuture<Void> refused = new CompletableFuture<>();
    long bytes = sizeBytes(input);
    CompletionStage<Void> room = waitingBytes.add(input.stream(), bytes);
    workers.compute(
        input.stream(),
        (stream, current) -> {
          StreamWorker worker =
              current == null ? start(stream, Optional.ofNullable(idle.remove(stream))) : current;
          Throwable failure = worker.failure();
          if (failure != null) {
            refused.completeExceptionally(failure);
          } else {
            worker.enqueue(input);
          }
          return worker;
        });
    if (!refused.isDone()) {
      return room;
    }
    // Outside the map: a caller that this wakes up may offer at once.
    waitingBytes.release(input.stream(), bytes);
    return refused;
  }

  private StreamWorker start(String stream, Optional<Resumed> resumed) {
    StreamWorker worker =
        new StreamWorker(
            stream,
            settings,
            tools,
            resumed,
            input -> waitingBytes.release(stream, sizeBytes(input)),
            this::retire);
    worker.start();
    return worker;
  }

  /// Removes a worker whose stream has ended or is idle, unless more was queued meanwhile. An idle
  /// stream leaves its state behind.
  private boolean retire(StreamWorker worker, Optional<Resumed> resumed) {
    return workers.computeIfPresent(
            worker.stream(),
            (stream, current) -> {
              if (current != worker || !worker.isQueueEmpty()) {
                return current;
              }
              resumed.ifPresent(state -> idle.put(stream, state));
              return null;
            })
        != worker;
  }

  /// Bytes in memory. What a reference states has not arrived yet.
  private static long sizeBytes(StreamInput input) {
    return RECORD_BYTES
        + switch (input) {
          case Chunk chunk ->
              switch (chunk.media()) {
                case Media.Inline inline -> inline.sizeBytes();
                case Media.Reference reference -> 0;
              };
          case EndOfStream end -> 0;
          case Unreadable unreadable -> 0;
        };
  }

  @Override
  public void resume(StreamState state, ChunkOrigin resumeFrom) {
    Resumed resumed = new Resumed(state, resumeFrom);
    workers.compute(
        state.stream(),
        (stream, worker) -> {
          if (worker == null && state.isIdle()) {
            // States are retained for weeks, so there may be many idle streams: no thread for each.
            idle.put(stream, resumed);
            return null;
          }
          idle.remove(stream);
          // A stream may have gone silent while no process had it: its idle timeout runs from now.
          return worker == null ? start(stream, Optional.of(resumed)) : worker;
        });
  }

  @Override
  public void forget(Predicate<String> stream) {
    workers
        .values()
        .removeIf(worker -> {
          boolean matches = stream.test(worker.stream());
          if (matches) {
            worker.revoke();
          }
          return matches;
        });
    // Only now: a worker that retired meanwhile has left its stream here.
    idle.keySet().removeIf(stream);
  }

  /// Media bytes that wait to be decoded.
  public long waitingBytes() {
    return waitingBytes.bytes();
  }

  /// Number of active streams; idle ones do not count.
  public int streams() {
    return workers.size();
  }

  /// Stops all workers where they are; nothing more is committed.
  @Override
  public void close() {
    forget(any -> true);
  }
}
