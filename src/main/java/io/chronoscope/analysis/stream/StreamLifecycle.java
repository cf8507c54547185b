package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.ChunkDecoded;
import io.chronoscope.analysis.AnalysisEvent.ChunkRejected;
import io.chronoscope.analysis.AnalysisEvent.DuplicateChunkSkipped;
import io.chronoscope.analysis.AnalysisEvent.StreamEnded;
import io.chronoscope.analysis.AnalysisEvent.StreamIdle;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.analysis.StreamPosition.NeededRecord;
import io.chronoscope.analysis.StreamPosition.Phase;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.stream.ChunkOrder.Arrival;
import io.chronoscope.analysis.stream.ChunkOrder.Move;
import io.chronoscope.analysis.stream.ChunkOrder.Placed;
import io.chronoscope.analysis.window.AnalysisTools;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Unreadable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One stream from its first record to its end: chunks are put in order and handed to its
/// [Timeline], and every change leaves as a [StreamCommit]. Used by one thread at a time.
///
/// What it does next follows from what it has, never from how it came there: a step may be made
/// after each of its moves, and one that goes on from the step's state makes the same moves.
final class StreamLifecycle implements AutoCloseable {

  private static final int EARLIER_KEPT = 64;

  /// From where a stream goes on.
  record Resumed(StreamState state, ChunkOrigin from) {}

  private final String stream;
  private final AnalysisSettings settings;
  private final AnalysisTools tools;
  private final AnalysisListener listener;
  private final Consumer<StreamCommit> out;
  private final ReplayBuffer reread;
  private final List<Instant> earlierStarts = new ArrayList<>();
  private ChunkOrder order;
  private Phase phase = Phase.RUNNING;
  private @Nullable Timeline timeline;
  private @Nullable ChunkOrigin last;
  private @Nullable StreamCommit written;
  private @Nullable Placed turn;
  private boolean returning;
  private boolean over;

  StreamLifecycle(
      String stream,
      AnalysisSettings settings,
      AnalysisTools tools,
      Optional<Resumed> resumed,
      Consumer<StreamCommit> out) {
    this.stream = stream;
    this.settings = settings;
    this.tools = tools;
    this.listener = tools.listener();
    this.out = out;
    this.order = new ChunkOrder(settings.ordering());
    this.reread =
        new ReplayBuffer(resumed.map(from -> from.state().position().needed()).orElse(List.of()));
    resumed.ifPresent(this::goOnFrom);
  }

  private void goOnFrom(Resumed from) {
    StreamPosition timing = from.state().position();
    order = new ChunkOrder(settings.ordering(), timing);
    earlierStarts.addAll(timing.earlierStarts());
    phase = timing.phase();
    last = new ChunkOrigin(from.from().topic(), from.from().partition(), timing.lastReadOffset());
    written = new StreamCommit(stream, List.of(), Optional.of(from.state()), from.from());
    if (timing.started()) {
      Timeline now =
          timelineOf(new StreamAggregator(from.state(), settings, tools.model(), listener));
      now.goOnFrom(timing);
      timeline = now;
    }
    returning = true;
  }

  private Timeline timelineOf(StreamAggregator told) {
    return new Timeline(stream, settings, tools, told, this::step);
  }

  /// Nothing will ever come from this again.
  boolean isOver() {
    return over;
  }

  /// Begins, as far as that takes no further record.
  void begin() {
    if (returning && reread.isComplete()) {
      returned();
    }
  }

  void accept(StreamInput input) {
    ChunkOrigin before = last;
    if (before != null && input.origin().offset() <= before.offset()) {
      if (returning && input instanceof Chunk chunk) {
        reread.add(chunk);
        takeAgain();
        begin();
      }
      return;
    }
    if (returning) {
      stopWaiting();
      if (over) {
        return;
      }
    }
    last = input.origin();
    switch (input) {
      case Chunk chunk -> arrive(chunk);
      case Unreadable unreadable -> reject(unreadable.origin(), unreadable.rejection());
      case EndOfStream end -> phase = Phase.ENDING;
    }
    pump();
  }

  /// Nothing came for a while.
  ///
  /// @param inAnyCase also when records that are to be read again have not all come
  /// @return where the stream goes on when something comes; empty when it has to be waited for
  ///   records that are read again, or when the stream is over
  Optional<Resumed> rest(boolean inAnyCase) {
    if (returning && inAnyCase) {
      stopWaiting();
    }
    if (returning || over || last == null) {
      return Optional.empty();
    }
    phase = Phase.IDLING;
    pump();
    StreamCommit step = written;
    return over || step == null
        ? Optional.empty()
        : step.state().map(state -> new Resumed(state, step.resumeFrom()));
  }

  private void stopWaiting() {
    reread.giveUp();
    takeAgain();
    returned();
  }

  private void takeAgain() {
    for (Optional<ReplayBuffer.Back> back = reread.nextTaken();
        back.isPresent();
        back = reread.nextTaken()) {
      Timeline now = timeline;
      if (now == null) {
        throw new IllegalStateException("chunks were decoded of a stream that has not begun");
      }
      now.takeAgain(back.get().chunk(), back.get().needed());
    }
  }

  private void returned() {
    returning = false;
    for (ReplayBuffer.Back back : reread.held()) {
      Placed placed = new Placed(back.chunk(), back.needed().sequence(), back.needed().start());
      if (phase == Phase.RESTARTING && placed.chunk().origin().equals(last)) {
        turn = placed;
      } else {
        order.hold(placed);
      }
    }
    Timeline now = timeline;
    if (now != null) {
      now.dropWhatIsNotNeeded();
    }
    pump();
  }

  private void arrive(Chunk chunk) {
    Placed placed = order.place(chunk);
    switch (order.add(placed, this::wasMissed)) {
      case Arrival.Queued queued -> {}
      case Arrival.Known known -> listener.on(new DuplicateChunkSkipped(stream, placed.sequence()));
      case Arrival.Late late ->
          reject(chunk.origin(), new Rejection(Rejection.Reason.LATE, late.detail()));
      case Arrival.Repairs repairs -> repair(placed);
      case Arrival.SetBack setBack -> {
        phase = Phase.RESTARTING;
        turn = placed;
      }
    }
  }

  private boolean wasMissed(Instant from, Instant until) {
    Timeline now = timeline;
    return now != null && now.wasMissed(from, until);
  }

  private void pump() {
    while (!over && move()) {
      // One after the other.
    }
  }

  /// What comes next, if anything does without another record.
  private boolean move() {
    Timeline now = timeline;
    if (now != null && (now.lookAtWhole(covered(now)) || now.lookEarly(covered(now)))) {
      return true;
    }
    Optional<Move> next = order.next(phase != Phase.RUNNING);
    if (next.isPresent()) {
      switch (next.get()) {
        case Move.Take take -> take(take.chunk());
        case Move.Hole hole -> pass(hole);
      }
      return true;
    }
    if (phase == Phase.RUNNING) {
      return false;
    }
    if (now != null && now.lookAtRest(covered(now))) {
      return true;
    }
    return switch (phase) {
      case RUNNING -> false;
      case IDLING -> rested();
      case RESTARTING -> turned();
      case ENDING -> ended();
    };
  }

  private void take(Placed placed) {
    Optional<Instant> declared = placed.end();
    Timeline begun = timeline;
    if (begun != null && declared.isPresent() && begun.isLeftOut(declared.get())) {
      order.took(placed, declared.get());
      begun.leaveOut(placed, declared.get());
      return;
    }
    // A timeline begins with its first chunk that can be read, so this one goes if it cannot.
    Timeline now = timeline == null ? timelineOf(beginning(unused(placed.start()))) : timeline;
    long beganNanos = System.nanoTime();
    Timeline.Shown shown;
    try {
      shown = now.show(placed);
    } catch (UnreadableMediaException e) {
      lost(placed, e.rejection());
      return;
    }
    timeline = now;
    Instant end = placed.start().plus(shown.facts().durationMicros(), ChronoUnit.MICROS);
    Instant seenBefore = order.covered().orElse(placed.start());
    if (!order.took(placed, end) && shown.frames().isEmpty()) {
      listener.on(new DuplicateChunkSkipped(stream, placed.sequence()));
      return;
    }
    listener.on(
        new ChunkDecoded(
            stream,
            shown.facts(),
            shown.frames().size(),
            Duration.ofNanos(System.nanoTime() - beganNanos)));
    now.take(placed, shown, end, seenBefore);
    now.progress(covered(now));
  }

  /// All ids rest on where the stream begins, so it cannot begin twice at the same moment.
  private Instant unused(Instant start) {
    Instant unused = start;
    while (earlierStarts.contains(unused)) {
      unused = unused.plus(1, ChronoUnit.MICROS);
    }
    return unused;
  }

  private StreamAggregator beginning(Instant start) {
    return StreamAggregator.begin(stream, start, timing(), settings, tools.model(), listener);
  }

  private void lost(Placed placed, Rejection rejection) {
    listener.on(new ChunkRejected(stream, rejection));
    List<Result> results = new ArrayList<>();
    results.add(new DeadLetter(stream, placed.chunk().origin(), rejection));
    order.lost(placed).ifPresent(hole -> results.add(gap(hole)));
    step(results);
  }

  private void pass(Move.Hole hole) {
    order.pass(hole);
    step(List.of(gap(hole)));
  }

  private Gap gap(Move.Hole hole) {
    Timeline now = timeline;
    if (now == null) {
      throw new IllegalStateException("a gap in a stream that has not begun");
    }
    return now.gap(hole);
  }

  private void repair(Placed placed) {
    Timeline now = timeline;
    if (now == null || now.beginsBefore(placed.start())) {
      reject(
          placed.chunk().origin(),
          new Rejection(
              Rejection.Reason.BAD_TIME,
              "chunk starts at %s, before its stream began".formatted(placed.start())));
      return;
    }
    try {
      if (!now.repair(placed)) {
        listener.on(new DuplicateChunkSkipped(stream, placed.sequence()));
      }
    } catch (UnreadableMediaException e) {
      reject(placed.chunk().origin(), e.rejection());
    }
  }

  private void reject(ChunkOrigin origin, Rejection rejection) {
    listener.on(new ChunkRejected(stream, rejection));
    step(List.of(new DeadLetter(stream, origin, rejection)));
  }

  /// @return false: there is nothing more to do
  private boolean rested() {
    phase = Phase.RUNNING;
    Timeline line = timeline;
    if (line == null && earlierStarts.isEmpty()) {
      // Nothing of it could be shown, so there is nothing to go on with.
      out(new StreamCommit(stream, List.of(), Optional.empty(), lastRead()));
      over = true;
      listener.on(new StreamEnded(stream));
      return false;
    }
    List<Result> results = line == null ? List.of() : line.rest(covered(line));
    StreamPosition now = timing();
    if (!results.isEmpty() || written == null || !isWritten(now)) {
      step(results);
    }
    listener.on(new StreamIdle(stream));
    return false;
  }

  private boolean isWritten(StreamPosition now) {
    StreamCommit step = written;
    return step != null && step.state().filter(state -> state.position().equals(now)).isPresent();
  }

  /// @return true: the stream has begun anew
  private boolean turned() {
    Placed first = turn;
    Timeline before = timeline;
    if (first == null || before == null) {
      // The chunk passed out of retention before it was read again.
      phase = Phase.RUNNING;
      return false;
    }
    Instant end = order.covered().orElseThrow();
    List<Result> results = before.end(covered(before));
    results.add(
        before.gap(
            new Move.Hole(
                end,
                end,
                Cause.CLOCK,
                "the producer's clock was set back here, from %s to %s; the stream begins anew"
                    .formatted(end, first.start()))));
    before.close();
    earlierStarts.add(before.start());
    if (earlierStarts.size() > EARLIER_KEPT) {
      earlierStarts.removeFirst();
    }
    phase = Phase.RUNNING;
    turn = null;
    timeline = null;
    order = ChunkOrder.beginningWith(settings.ordering(), first);
    step(results);
    return true;
  }

  /// @return false: there is nothing more to do
  private boolean ended() {
    Timeline line = timeline;
    List<Result> results = new ArrayList<>();
    if (line != null) {
      results.addAll(line.end(covered(line)));
      results.add(line.over(order.covered().orElseThrow()));
    } else if (!earlierStarts.isEmpty()) {
      // Its clock was set back, and nothing that came after that could be shown.
      Instant start = unused(guessedStart());
      results.add(Timeline.over(stream, start, start, StreamState.Counts.NONE, 0));
    }
    out(new StreamCommit(stream, results, Optional.empty(), lastRead()));
    over = true;
    listener.on(new StreamEnded(stream));
    close();
    return false;
  }

  private void step(List<Result> results) {
    Timeline line = timeline;
    StreamPosition timing = timing();
    boolean nothingToKeep =
        line == null
            && timing.needed().isEmpty()
            && timing.nextSequence() == 0
            && earlierStarts.isEmpty();
    long from =
        timing.needed().stream().mapToLong(NeededRecord::offset).min().orElse(lastRead().offset());
    out(
        new StreamCommit(
            stream,
            results,
            nothingToKeep
                ? Optional.empty()
                : Optional.of(
                    line == null ? beginning(guessedStart()).state(timing) : line.state(timing)),
            new ChunkOrigin(lastRead().topic(), lastRead().partition(), from)));
  }

  private void out(StreamCommit step) {
    written = step;
    out.accept(step);
  }

  private Instant guessedStart() {
    return order.held().stream()
        .map(Placed::start)
        .findFirst()
        .or(order::newest)
        .orElse(Instant.EPOCH);
  }

  private StreamPosition timing() {
    List<NeededRecord> held = new ArrayList<>();
    order.held().forEach(placed -> held.add(held(placed)));
    Placed first = turn;
    if (first != null) {
      held.add(held(first));
    }
    Timeline line = timeline;
    return line == null
        ? order.notBegun(phase, lastRead().offset(), held, earlierStarts)
        : line.timing(phase, lastRead().offset(), order, held, earlierStarts);
  }

  private static NeededRecord held(Placed placed) {
    return new NeededRecord(
        placed.chunk().origin().offset(), placed.sequence(), placed.start(), Optional.empty());
  }

  private ChunkOrigin lastRead() {
    ChunkOrigin origin = last;
    if (origin == null) {
      throw new IllegalStateException("stream " + stream + " has not read a record");
    }
    return origin;
  }

  /// To where a timeline was seen, or is known not to have been, from its start.
  private long covered(Timeline line) {
    return line.micros(order.covered().orElseThrow());
  }

  @Override
  public void close() {
    Timeline line = timeline;
    if (line != null) {
      line.close();
    }
    timeline = null;
  }
}
