package io.chronoscope.analysis;

import io.chronoscope.analysis.ChunkOrder.Arrival;
import io.chronoscope.analysis.ChunkOrder.Move;
import io.chronoscope.analysis.ChunkOrder.Placed;
import io.chronoscope.analysis.Timing.Needed;
import io.chronoscope.analysis.Timing.Phase;
import io.chronoscope.analysis.Timing.Taken;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.model.Rejection;
import io.chronoscope.model.Result;
import io.chronoscope.model.Result.DeadLetter;
import io.chronoscope.model.Result.Gap;
import io.chronoscope.model.Result.Gap.Cause;
import io.chronoscope.model.Result.StreamEnd;
import io.chronoscope.model.SampledFrame;
import io.chronoscope.model.StreamInput;
import io.chronoscope.model.StreamInput.Chunk;
import io.chronoscope.model.StreamInput.EndOfStream;
import io.chronoscope.model.StreamInput.Unreadable;
import io.chronoscope.sampling.FrameSampler;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One stream from its first chunk to its end: chunks are put in order and become frames, frames
/// fill windows, each window's answer goes to the story, and every change leaves as a [Step]. Used
/// by one thread at a time. Owns the frames it holds.
///
/// What it does next follows from what it has, never from how it came there: a step may be made
/// after each of its moves, and one that goes on from the step's state makes the same moves.
final class StreamAnalyzer implements AutoCloseable {

  /// Where sampling stands before the first chunk.
  private static final FrameSampler.Position NOWHERE =
      new FrameSampler.Position(0, Long.MIN_VALUE / 2);

  private static final int EARLIER_KEPT = 64;

  /// From where a stream goes on.
  record Resumed(StreamState state, ChunkOrigin from) {}

  private final String stream;
  private final AnalysisSettings settings;
  private final StreamAnalysis.Tools tools;
  private final AnalysisListener listener;
  private final Consumer<Step> out;
  private final WindowAnalyst analyst;
  private final Deque<Needed> taken = new ArrayDeque<>();
  private final Deque<SampledFrame> frames = new ArrayDeque<>();
  private final Reread reread;
  private final List<Instant> earlierStarts = new ArrayList<>();
  private ChunkOrder order;
  private Gaps gaps;
  private Windows windows = Windows.FROM_START;
  private long notSeenMicros;
  private Phase phase = Phase.RUNNING;
  private @Nullable StreamStory story;
  private @Nullable ChunkReader reader;
  private @Nullable ChunkOrigin last;
  private @Nullable Step written;
  private @Nullable Placed turn;
  private boolean returning;
  private boolean over;

  StreamAnalyzer(
      String stream,
      AnalysisSettings settings,
      StreamAnalysis.Tools tools,
      Optional<Resumed> resumed,
      Consumer<Step> out) {
    this.stream = stream;
    this.settings = settings;
    this.tools = tools;
    this.listener = tools.listener();
    this.out = out;
    this.analyst =
        new WindowAnalyst(
            stream,
            settings,
            tools.model(),
            tools.rules(),
            tools.pairs(),
            listener,
            System::nanoTime,
            tools.clock());
    this.order = new ChunkOrder(settings.disorder());
    this.gaps = new Gaps(stream, List.of(), Optional.empty());
    this.reread = new Reread(resumed.map(from -> from.state().timing().needed()).orElse(List.of()));
    resumed.ifPresent(this::goOnFrom);
  }

  private void goOnFrom(Resumed from) {
    Timing timing = from.state().timing();
    order = new ChunkOrder(settings.disorder(), timing);
    gaps = new Gaps(stream, timing.missed(), timing.missedSince());
    windows = timing.windows();
    notSeenMicros = timing.notSeenMicros();
    earlierStarts.addAll(timing.earlierStarts());
    phase = timing.phase();
    last = new ChunkOrigin(from.from().topic(), from.from().partition(), timing.readThrough());
    written = new Step(stream, List.of(), Optional.of(from.state()), from.from());
    if (timing.begun()) {
      StreamStory told = new StreamStory(from.state(), settings, tools.model(), listener);
      story = told;
      reader = readerOf(told);
      reader.goTo(timing.sampled());
    }
    returning = true;
  }

  private ChunkReader readerOf(StreamStory told) {
    return new ChunkReader(
        tools.decoder(), tools.references(), settings, tools.model(), told.startMicros());
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
    phase = Phase.RESTING;
    pump();
    Step step = written;
    return over || step == null
        ? Optional.empty()
        : step.after().map(state -> new Resumed(state, step.resumeFrom()));
  }

  private void stopWaiting() {
    reread.giveUp();
    takeAgain();
    returned();
  }

  /// Decodes again what windows still need.
  private void takeAgain() {
    ChunkReader chunks = reader;
    for (Optional<Reread.Back> back = reread.nextTaken();
        back.isPresent();
        back = reread.nextTaken()) {
      Needed needed = back.get().needed();
      Chunk chunk = back.get().chunk();
      if (chunks == null) {
        throw new IllegalStateException("chunks were decoded of a stream that has not begun");
      }
      FrameSampler.Position after = chunks.position();
      try {
        chunks.goTo(needed.taken().orElseThrow().before());
        frames.addAll(chunks.read(chunk, absoluteMicros(needed.start())).frames());
        taken.add(needed);
      } catch (UnreadableMediaException e) {
        // It could be read before; what it refers to is gone.
        listener.chunkRejected(stream, e.rejection());
      } finally {
        chunks.goTo(after);
      }
    }
  }

  private void returned() {
    returning = false;
    for (Reread.Back back : reread.held()) {
      Placed placed = new Placed(back.chunk(), back.needed().sequence(), back.needed().start());
      if (phase == Phase.TURNING && placed.chunk().origin().equals(last)) {
        turn = placed;
      } else {
        order.hold(placed);
      }
    }
    StreamStory told = story;
    if (told != null) {
      dropFramesBefore(told.startMicros() + startOf(told.nextWindow()));
    }
    pump();
  }

  private void arrive(Chunk chunk) {
    Placed placed = order.place(chunk);
    switch (order.add(placed, this::wasMissed)) {
      case Arrival.Queued queued -> {}
      case Arrival.Known known -> listener.chunkSkipped(stream, placed.sequence());
      case Arrival.Late late ->
          reject(chunk.origin(), new Rejection(Rejection.Reason.LATE, late.detail()));
      case Arrival.Repairs repairs -> repair(placed);
      case Arrival.SetBack setBack -> {
        phase = Phase.TURNING;
        turn = placed;
      }
    }
  }

  private boolean wasMissed(Instant from, Instant until) {
    StreamStory told = story;
    return (told != null && from.isBefore(told.start().minus(ChunkOrder.JOINT)))
        || gaps.touches(from, until);
  }

  private void pump() {
    while (!over && move()) {
      // One after the other.
    }
  }

  /// What comes next, if anything does without another record.
  private boolean move() {
    StreamStory told = story;
    ChunkReader chunks = reader;
    if (told != null && chunks != null && endOf(told.nextWindow()) <= coveredMicros(told)) {
      analyseNext(told, chunks, endOf(told.nextWindow()));
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
    if (told != null && chunks != null) {
      long covered = coveredMicros(told);
      if (!frames.isEmpty() && told.nextWindow() <= windows.lastOf(settings.windows(), covered)) {
        analyseNext(told, chunks, covered);
        return true;
      }
    }
    return switch (phase) {
      case RUNNING -> false;
      case RESTING -> rested();
      case TURNING -> turned();
      case ENDING -> ended();
    };
  }

  private void take(Placed placed) {
    // A stream begins with its first chunk that can be read, so these two stay if this one cannot.
    StreamStory told = story == null ? beginning(unused(placed.start())) : story;
    ChunkReader chunks = reader == null ? readerOf(told) : reader;
    FrameSampler.Position before = chunks.position();
    long beganNanos = System.nanoTime();
    ChunkReader.Read read;
    try {
      read = chunks.read(placed.chunk(), absoluteMicros(placed.start()));
    } catch (UnreadableMediaException e) {
      lost(placed, e.rejection());
      return;
    }
    story = told;
    reader = chunks;
    MediaFacts facts = read.facts();
    Instant end = placed.start().plus(facts.durationMicros(), ChronoUnit.MICROS);
    if (!order.took(placed, end) && read.frames().isEmpty()) {
      listener.chunkSkipped(stream, placed.sequence());
      return;
    }
    listener.chunkDecoded(
        stream, facts, read.frames().size(), Duration.ofNanos(System.nanoTime() - beganNanos));
    taken.add(
        new Needed(
            placed.chunk().origin().offset(),
            placed.sequence(),
            placed.start(),
            Optional.of(new Taken(end, before))));
    frames.addAll(read.frames());
    listener.progress(stream, startOf(told.nextWindow()), coveredMicros(told));
  }

  /// All ids rest on where the stream begins, so it cannot begin twice at the same moment.
  private Instant unused(Instant start) {
    Instant unused = start;
    while (earlierStarts.contains(unused)) {
      unused = unused.plus(1, ChronoUnit.MICROS);
    }
    return unused;
  }

  private StreamStory beginning(Instant start) {
    return StreamStory.begin(stream, start, timing(), settings, tools.model(), listener);
  }

  private void lost(Placed placed, Rejection rejection) {
    listener.chunkRejected(stream, rejection);
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
    StreamStory told = story;
    if (told == null) {
      throw new IllegalStateException("a gap in a stream that has not begun");
    }
    notSeenMicros += ChronoUnit.MICROS.between(hole.from(), hole.until());
    return gaps.tell(told.start(), hole.from(), hole.until(), hole.cause(), hole.detail());
  }

  private void repair(Placed placed) {
    StreamStory told = story;
    if (told == null || placed.start().isBefore(told.start().minus(ChunkOrder.JOINT))) {
      reject(
          placed.chunk().origin(),
          new Rejection(
              Rejection.Reason.BAD_TIME,
              "chunk starts at %s, before its stream began".formatted(placed.start())));
      return;
    }
    try {
      Repair.Repaired repaired = new Repair(stream, settings, tools).look(placed, told, gaps);
      if (repaired.results().isEmpty()) {
        listener.chunkSkipped(stream, placed.sequence());
        return;
      }
      notSeenMicros = Math.max(0, notSeenMicros - repaired.seenMicros());
      step(repaired.results());
    } catch (UnreadableMediaException e) {
      reject(placed.chunk().origin(), e.rejection());
    }
  }

  private void reject(ChunkOrigin origin, Rejection rejection) {
    listener.chunkRejected(stream, rejection);
    step(List.of(new DeadLetter(stream, origin, rejection)));
  }

  private void analyseNext(StreamStory told, ChunkReader chunks, long untilMicros) {
    long window = told.nextWindow();
    long from = told.startMicros() + startOf(window);
    long until = told.startMicros() + endOf(window);
    List<SampledFrame> candidates =
        frames.stream()
            .filter(frame -> frame.gridMicros() >= from && frame.gridMicros() < until)
            .toList();
    listener.windowBegun(
        stream, window, candidates.stream().map(SampledFrame::origin).distinct().toList());
    List<Result> results;
    if (candidates.stream().allMatch(frame -> seenBefore(told, window, frame))) {
      // Nothing new was seen, so nothing is said; what was open cannot be followed across the gap.
      results = told.sawNothing(nextWindowWithFrames(told, until), windows);
    } else {
      WindowAnswer answer =
          analyst.analyse(
              window, candidates, chunks.grid(), untilMicros, tools.load().look(stream));
      results = told.take(answer, windows);
    }
    dropFramesBefore(told.startMicros() + startOf(told.nextWindow()));
    if (!results.isEmpty()) {
      step(results);
    }
    listener.windowDone(stream, window);
    listener.progress(stream, startOf(told.nextWindow()), coveredMicros(told));
  }

  /// Windows follow one another, so the one before saw all frames of the overlap.
  private boolean seenBefore(StreamStory told, long window, SampledFrame frame) {
    return window > windows.first() && frame.gridMicros() < told.startMicros() + endOf(window - 1);
  }

  /// After a gap, windows in which there is nothing to see are left out.
  private long nextWindowWithFrames(StreamStory told, long untilMicros) {
    long seen =
        frames.stream()
            .mapToLong(SampledFrame::gridMicros)
            .filter(micros -> micros >= untilMicros)
            .map(micros -> micros - told.startMicros())
            .findFirst()
            .orElse(coveredMicros(told));
    return Math.max(windows.firstSeeing(settings.windows(), seen), told.nextWindow() + 1);
  }

  private void dropFramesBefore(long micros) {
    while (!frames.isEmpty() && frames.getFirst().gridMicros() < micros) {
      frames.removeFirst().picture().close();
    }
  }

  /// @return false: there is nothing more to do
  private boolean rested() {
    phase = Phase.RUNNING;
    StreamStory told = story;
    if (told == null) {
      // Nothing of it could be shown, so there is nothing to go on with.
      out(new Step(stream, List.of(), Optional.empty(), lastRead()));
      over = true;
      listener.streamEnded(stream);
      return false;
    }
    List<Result> results = told.end(coveredMicros(told));
    windows = new Windows(told.nextWindow(), coveredMicros(told));
    forgetFrames();
    Timing now = timing();
    if (!results.isEmpty() || written == null || !isWritten(now)) {
      step(results);
    }
    listener.streamRests(stream);
    return false;
  }

  private boolean isWritten(Timing now) {
    Step step = written;
    return step != null && step.after().filter(state -> state.timing().equals(now)).isPresent();
  }

  /// @return true: the stream has begun anew
  private boolean turned() {
    Placed first = turn;
    StreamStory told = story;
    if (first == null || told == null) {
      // The chunk passed out of retention before it was read again.
      phase = Phase.RUNNING;
      return false;
    }
    Instant end = order.covered().orElseThrow();
    List<Result> results = new ArrayList<>(told.end(coveredMicros(told)));
    results.add(
        gap(
            new Move.Hole(
                end,
                end,
                Cause.CLOCK,
                "the producer's clock was set back here, from %s to %s; the stream begins anew"
                    .formatted(end, first.start()))));
    forgetFrames();
    earlierStarts.add(told.start());
    if (earlierStarts.size() > EARLIER_KEPT) {
      earlierStarts.removeFirst();
    }
    phase = Phase.RUNNING;
    turn = null;
    story = null;
    reader = null;
    windows = Windows.FROM_START;
    notSeenMicros = 0;
    gaps = new Gaps(stream, List.of(), Optional.empty());
    order = ChunkOrder.beginningWith(settings.disorder(), first);
    step(results);
    return true;
  }

  /// @return false: there is nothing more to do
  private boolean ended() {
    StreamStory told = story;
    List<Result> results = new ArrayList<>();
    if (told != null) {
      Instant end = order.covered().orElseThrow();
      results.addAll(told.end(coveredMicros(told)));
      results.add(
          new StreamEnd(
              Ids.of("end", stream, told.start()),
              stream,
              told.start(),
              end,
              Duration.between(told.start(), end).toMillis(),
              told.counts().windows(),
              told.counts().events(),
              Math.round(notSeenMicros / 1000.0)));
    } else if (!earlierStarts.isEmpty()) {
      // Its clock was set back, and of what came then nothing could be shown.
      Instant start = unused(guessedStart());
      results.add(new StreamEnd(Ids.of("end", stream, start), stream, start, start, 0, 0, 0, 0));
    }
    out(new Step(stream, results, Optional.empty(), lastRead()));
    over = true;
    listener.streamEnded(stream);
    close();
    return false;
  }

  private void forgetFrames() {
    frames.forEach(frame -> frame.picture().close());
    frames.clear();
    taken.clear();
  }

  private void step(List<Result> results) {
    StreamStory told = story;
    if (told != null) {
      Instant needed = told.start().plus(startOf(told.nextWindow()), ChronoUnit.MICROS);
      taken.removeIf(chunk -> chunk.taken().filter(seen -> seen.end().isAfter(needed)).isEmpty());
    }
    Timing timing = timing();
    boolean nothingToKeep = told == null && timing.needed().isEmpty() && timing.nextSequence() == 0;
    long from =
        timing.needed().stream().mapToLong(Needed::offset).min().orElse(lastRead().offset());
    out(
        new Step(
            stream,
            results,
            nothingToKeep
                ? Optional.empty()
                : Optional.of((told == null ? beginning(guessedStart()) : told).state(timing)),
            new ChunkOrigin(lastRead().topic(), lastRead().partition(), from)));
  }

  private void out(Step step) {
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

  private Timing timing() {
    List<Needed> needed = new ArrayList<>(taken);
    order.held().forEach(placed -> needed.add(held(placed)));
    Placed first = turn;
    if (first != null) {
      needed.add(held(first));
    }
    ChunkReader chunks = reader;
    return new Timing(
        story != null,
        phase,
        lastRead().offset(),
        order.covered(),
        order.unreadable(),
        order.newest(),
        order.newestSequence(),
        order.nextSequence(),
        windows,
        chunks == null ? NOWHERE : chunks.position(),
        needed,
        gaps.missed(),
        gaps.since(),
        notSeenMicros,
        earlierStarts);
  }

  private static Needed held(Placed placed) {
    return new Needed(
        placed.chunk().origin().offset(), placed.sequence(), placed.start(), Optional.empty());
  }

  private ChunkOrigin lastRead() {
    ChunkOrigin origin = last;
    if (origin == null) {
      throw new IllegalStateException("stream " + stream + " has not read a record");
    }
    return origin;
  }

  private long startOf(long window) {
    return windows.startOf(settings.windows(), window);
  }

  private long endOf(long window) {
    return windows.endOf(settings.windows(), window);
  }

  private long coveredMicros(StreamStory told) {
    return told.micros(order.covered().orElseThrow());
  }

  private static long absoluteMicros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  @Override
  public void close() {
    forgetFrames();
    story = null;
    reader = null;
  }
}
