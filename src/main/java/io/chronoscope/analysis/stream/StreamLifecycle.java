package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.ChunkRejected;
import io.chronoscope.analysis.AnalysisEvent.DuplicateChunkSkipped;
import io.chronoscope.analysis.AnalysisEvent.StreamEnded;
import io.chronoscope.analysis.AnalysisEvent.StreamIdle;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.stream.ChunkOrder.Move;
import io.chronoscope.analysis.stream.FrameBuffer.Decoded;
import io.chronoscope.analysis.stream.LifecycleState.Draining;
import io.chronoscope.analysis.stream.LifecycleState.Ended;
import io.chronoscope.analysis.stream.LifecycleState.Ending;
import io.chronoscope.analysis.stream.LifecycleState.Following;
import io.chronoscope.analysis.stream.LifecycleState.Idling;
import io.chronoscope.analysis.stream.LifecycleState.Live;
import io.chronoscope.analysis.stream.LifecycleState.Replaying;
import io.chronoscope.analysis.stream.LifecycleState.Restarting;
import io.chronoscope.analysis.stream.LifecycleState.Waiting;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.domain.UnreadableMediaException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Runs one stream from its first record to its end, through the states of [LifecycleState]: puts
/// its chunks in order, passes them to the [Timeline], and commits every change.
///
/// What it does next depends on its state only, never on how it got there. So it may be stopped
/// after any commit: a life cycle that resumes from that commit does the same from there on. Used
/// by one thread at a time.
final class StreamLifecycle implements AutoCloseable {

  /// From where a stream resumes.
  record Resumed(StreamState state, ChunkOrigin from) {}

  private final String stream;
  private final AnalysisSettings settings;
  private final StreamTools tools;
  private final AnalysisListener listener;
  private final StreamCommits commits;
  private final ChunkOrder order;
  private final ChunkArrivals arrivals;
  private LifecycleState state;

  /// @param resumed empty for a new stream
  /// @param sink makes a commit durable before it returns
  StreamLifecycle(
      String stream,
      AnalysisSettings settings,
      StreamTools tools,
      Optional<Resumed> resumed,
      Consumer<StreamCommit> sink) {
    this.stream = stream;
    this.settings = settings;
    this.tools = tools;
    this.listener = tools.listener();
    this.commits = new StreamCommits(stream, resumed, sink);
    this.order =
        resumed
            .map(from -> new ChunkOrder(settings.ordering(), from.state().position()))
            .orElseGet(() -> new ChunkOrder(settings.ordering()));
    this.arrivals = new ChunkArrivals(stream, listener, order, this::commit);
    this.state =
        resumed.<LifecycleState>map(from -> replaying(from.state())).orElseGet(Waiting::new);
  }

  private Replaying replaying(StreamState stored) {
    Optional<Timeline> timeline =
        stored.position().started() ? Optional.of(timeline(stored)) : Optional.empty();
    return new Replaying(
        new ReplayBuffer(stored.position().needed()),
        LifecycleState.stored(stored.position().phase(), timeline));
  }

  private Timeline timeline(StreamState from) {
    return new Timeline(settings, tools, from, this::commit);
  }

  LifecycleState state() {
    return state;
  }

  boolean hasEnded() {
    return state instanceof Ended;
  }

  /// Continues a resumed stream as far as possible without another record.
  void start() {
    if (state instanceof Replaying replaying && replaying.buffer().isComplete()) {
      complete(replaying);
    }
  }

  /// Processes a record. Records that were read before are replayed if they are needed and skipped
  /// otherwise; any other record ends the replay.
  void accept(StreamInput input) {
    if (commits.wasRead(input.origin())) {
      if (state instanceof Replaying replaying && input instanceof Chunk chunk) {
        replay(replaying, chunk);
      }
      return;
    }
    abandonReplay();
    if (state instanceof Following following) {
      accept(following, input);
    }
  }

  private void accept(Following following, StreamInput input) {
    commits.read(input.origin());
    switch (input) {
      case Chunk chunk ->
          arrivals
              .accept(following, chunk)
              .ifPresent(restart -> state = restart.running().restart(restart.first()));
      case Unreadable unreadable -> arrivals.reject(unreadable.origin(), unreadable.rejection());
      case EndOfStream end -> state = following.end();
    }
    advance();
  }

  /// Lets the stream become idle, because it has received nothing for a while.
  ///
  /// @return where it resumes with the next record; empty if it has to stay: it still replays, or
  ///   has ended, or has not read anything
  Optional<Resumed> idle() {
    if (!(state instanceof Following following) || !commits.hasReadAnything()) {
      return Optional.empty();
    }
    state = following.idle();
    advance();
    return hasEnded() ? Optional.empty() : commits.resumable();
  }

  /// Continues without the records that have not been replayed, if there are any.
  void abandonReplay() {
    if (state instanceof Replaying replaying) {
      replaying.buffer().abandon();
      decodeReplayed(replaying);
      complete(replaying);
    }
  }

  private void replay(Replaying replaying, Chunk chunk) {
    replaying.buffer().add(chunk);
    decodeReplayed(replaying);
    if (replaying.buffer().isComplete()) {
      complete(replaying);
    }
  }

  private static void decodeReplayed(Replaying replaying) {
    replaying.stored().timeline().ifPresent(replaying.buffer()::decodeInto);
  }

  private void complete(Replaying replaying) {
    Live resumed = replaying.complete();
    for (PlacedChunk placed : replaying.buffer().undecoded()) {
      if (resumed instanceof Restarting restarting && commits.isLastRead(placed.chunk().origin())) {
        resumed = restarting.stream().restart(placed);
      } else {
        order.restore(placed);
      }
    }
    state = resumed;
    resumed.timeline().ifPresent(Timeline::completeReplay);
    advance();
  }

  /// Does everything that can be done without another record.
  private void advance() {
    while (state instanceof Live live && advance(live)) {
      // Each turn commits by itself.
    }
  }

  /// @return whether there may be more to do
  private boolean advance(Live live) {
    if (live.timeline().isPresent() && live.timeline().get().processNext(watermark())) {
      return true;
    }
    Optional<Move> move =
        switch (live) {
          case Following following -> order.next();
          case Draining draining -> order.drain();
        };
    if (move.isPresent()) {
      switch (move.get()) {
        case Move.Decode(PlacedChunk chunk) -> decode(live, chunk);
        case Move.SkipGap(DetectedGap gap) -> skip(live, gap);
      }
      return true;
    }
    return switch (live) {
      case Following following -> false;
      case Draining draining -> processRemaining(draining) || complete(draining);
    };
  }

  private boolean processRemaining(Draining draining) {
    return draining.timeline().filter(t -> t.processRemaining(watermark())).isPresent();
  }

  /// @return whether there may be more to do
  private boolean complete(Draining drained) {
    return switch (drained) {
      case Idling idling -> complete(idling);
      case Restarting restarting -> complete(restarting);
      case Ending ending -> complete(ending);
    };
  }

  private void decode(Live live, PlacedChunk placed) {
    Optional<Instant> declaredEnd = placed.declaredEnd();
    if (declaredEnd.isPresent()
        && live.timeline().filter(timeline -> timeline.sheds(declaredEnd.get())).isPresent()) {
      order.advance(placed, declaredEnd.get());
      live.timeline().get().shed(placed, declaredEnd.get());
      return;
    }
    // A timeline starts with its first chunk that can be decoded.
    Timeline timeline = live.timeline().orElseGet(() -> newTimeline(live, placed.start()));
    Decoded decoded;
    try {
      decoded = timeline.decode(placed);
    } catch (UnreadableMediaException e) {
      discard(live, placed, e.rejection());
      return;
    }
    if (live.timeline().isEmpty()) {
      state = LifecycleState.start(live, timeline);
    }
    Instant end = StreamClock.plusMicros(placed.start(), decoded.facts().durationMicros());
    Instant watermarkBefore = order.watermark().orElse(placed.start());
    if (!order.advance(placed, end) && decoded.frames().isEmpty()) {
      listener.on(new DuplicateChunkSkipped(stream, placed.sequence()));
      return;
    }
    timeline.append(placed, decoded, end, watermarkBefore);
  }

  private Timeline newTimeline(Live live, Instant start) {
    return timeline(
        StreamState.initial(stream, commits.unusedStart(start), commits.position(live, order)));
  }

  private void discard(Live live, PlacedChunk placed, Rejection rejection) {
    listener.on(new ChunkRejected(stream, rejection));
    List<Result> results = new ArrayList<>();
    results.add(new DeadLetter(stream, placed.chunk().origin(), rejection));
    order.discard(placed).ifPresent(gap -> results.add(live.timeline().orElseThrow().publish(gap)));
    commit(results);
  }

  private void skip(Live live, DetectedGap gap) {
    order.advance(gap);
    commit(List.of(live.timeline().orElseThrow().publish(gap)));
  }

  private boolean complete(Idling idling) {
    if (idling.timeline().isEmpty() && !commits.hasEarlierTimeline()) {
      commits.commitEnd(List.of());
      state = idling.discard();
      listener.on(new StreamEnded(stream));
      return false;
    }
    Following resumed = idling.resume();
    state = resumed;
    List<Result> results =
        resumed.timeline().map(timeline -> timeline.idle(watermark())).orElse(List.of());
    commits.commitIfChanged(results, resumed, order);
    listener.on(new StreamIdle(stream));
    return false;
  }

  private boolean complete(Restarting restarting) {
    if (restarting.first().isEmpty()) {
      state = restarting.abandon();
      return false;
    }
    PlacedChunk first = restarting.first().get();
    Timeline closed = restarting.stream().current();
    List<Result> results = closed.clockSetBack(watermark(), first.start());
    closed.close();
    commits.addEarlierStart(closed.start());
    order.restartWith(first);
    state = restarting.complete();
    commit(results);
    return true;
  }

  private boolean complete(Ending ending) {
    List<Result> results =
        ending
            .timeline()
            .map(timeline -> timeline.end(watermark()))
            .orElseGet(() -> commits.endWithoutTimeline(order));
    commits.commitEnd(results);
    close();
    state = ending.complete();
    listener.on(new StreamEnded(stream));
    return false;
  }

  private void commit(List<Result> results) {
    switch (state) {
      case Live live -> commits.commit(results, live, order);
      case Replaying replaying ->
          throw new IllegalStateException("stream " + stream + " commits while it replays");
      case Ended ended -> throw new IllegalStateException("stream " + stream + " has ended");
    }
  }

  /// The watermark of a stream that has a timeline.
  private Instant watermark() {
    return order.watermark().orElseThrow();
  }

  /// Closes the buffered frames.
  @Override
  public void close() {
    Optional<Timeline> timeline =
        switch (state) {
          case Replaying replaying -> replaying.stored().timeline();
          case Live live -> live.timeline();
          case Ended ended -> Optional.empty();
        };
    timeline.ifPresent(Timeline::close);
  }
}
