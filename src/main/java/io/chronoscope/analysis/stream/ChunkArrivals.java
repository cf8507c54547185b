package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.ChunkRejected;
import io.chronoscope.analysis.AnalysisEvent.DuplicateChunkSkipped;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.stream.LifecycleState.Following;
import io.chronoscope.analysis.stream.LifecycleState.Running;
import io.chronoscope.analysis.stream.LifecycleState.Waiting;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.UnreadableMediaException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Handles the records of one stream as they arrive: buffers chunks in [ChunkOrder], skips
/// duplicates, fills gaps with redriven chunks, and rejects what cannot be used.
///
/// @param commit makes results durable, together with the state after them, before it returns
record ChunkArrivals(
    String stream, AnalysisListener listener, ChunkOrder order, Consumer<List<Result>> commit) {

  /// @return the chunk if it shows that the producer's clock was set back; it is not buffered then
  Optional<Restart> accept(Following state, Chunk chunk) {
    PlacedChunk placed = order.place(chunk);
    switch (order.add(placed, (from, until) -> hasGap(state, from, until))) {
      case Arrival.Buffered() -> {}
      case Arrival.Duplicate() -> skip(placed);
      case Arrival.Late(String detail) ->
          reject(chunk.origin(), new Rejection(Rejection.Reason.LATE, detail));
      case Arrival.FillsGap() -> repair(started(state).current(), placed);
      case Arrival.ClockSetBack() -> {
        return Optional.of(new Restart(started(state), placed));
      }
    }
    return Optional.empty();
  }

  /// The producer's clock was set back.
  ///
  /// @param first the first chunk with the new clock
  record Restart(Running running, PlacedChunk first) {}

  private static boolean hasGap(Following state, Instant from, Instant until) {
    return state.timeline().filter(timeline -> timeline.hasGap(from, until)).isPresent();
  }

  /// The state of a stream that has a watermark, and so has decoded a chunk.
  private Running started(Following state) {
    return switch (state) {
      case Running running -> running;
      case Waiting waiting ->
          throw new IllegalStateException("stream " + stream + " has a watermark but no timeline");
    };
  }

  private void repair(Timeline timeline, PlacedChunk placed) {
    if (timeline.startsAfter(placed.start())) {
      reject(
          placed.chunk().origin(),
          new Rejection(
              Rejection.Reason.BAD_TIME,
              "chunk starts at %s, before its stream started".formatted(placed.start())));
      return;
    }
    try {
      if (!timeline.repair(placed)) {
        skip(placed);
      }
    } catch (UnreadableMediaException e) {
      reject(placed.chunk().origin(), e.rejection());
    }
  }

  private void skip(PlacedChunk duplicate) {
    listener.on(new DuplicateChunkSkipped(stream, duplicate.sequence()));
  }

  /// Writes a dead letter.
  void reject(ChunkOrigin origin, Rejection rejection) {
    listener.on(new ChunkRejected(stream, rejection));
    commit.accept(List.of(new DeadLetter(stream, origin, rejection)));
  }
}
