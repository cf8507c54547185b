package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.ChunkRejected;
import io.chronoscope.analysis.AnalysisEvent.ChunkShed;
import io.chronoscope.analysis.AnalysisEvent.EventOpened;
import io.chronoscope.analysis.AnalysisEvent.Progress;
import io.chronoscope.analysis.AnalysisEvent.WindowCompleted;
import io.chronoscope.analysis.AnalysisEvent.WindowShed;
import io.chronoscope.analysis.AnalysisEvent.WindowStarted;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.analysis.StreamPosition.DecodedChunk;
import io.chronoscope.analysis.StreamPosition.NeededRecord;
import io.chronoscope.analysis.StreamPosition.Phase;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.WindowSequence;
import io.chronoscope.analysis.stream.ChunkOrder.Move;
import io.chronoscope.analysis.stream.ChunkOrder.Placed;
import io.chronoscope.analysis.window.AnalysisTools;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.analysis.window.WindowAnalyzer;
import io.chronoscope.analysis.window.WindowAnswer;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.sampling.FrameSampler;
import io.chronoscope.shedding.DetailLevel;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// One timeline of a stream, from its first chunk until its clock is set back or it ends: chunks
/// become frames, frames fill windows, windows are looked at. What is told leaves through `step`,
/// after which the state says the same. Used by one thread at a time. Owns the frames it holds. All
/// times in microseconds count from the stream's start, unless said otherwise.
final class Timeline implements AutoCloseable {

  private final String stream;
  private final AnalysisSettings settings;
  private final AnalysisTools tools;
  private final AnalysisListener listener;
  private final StreamAggregator story;
  private final Consumer<List<Result>> step;
  private final ChunkReader reader;
  private final WindowAnalyzer analyst;
  private final WindowProgress attention;
  private final Deque<NeededRecord> taken = new ArrayDeque<>();
  private final Deque<SampledFrame> frames = new ArrayDeque<>();
  private Gaps gaps;
  private WindowSequence windows;
  private long notSeenMicros;

  /// @param story what was told of it so far
  /// @param step where what is told goes, and is kept before anything else is told
  Timeline(
      String stream,
      AnalysisSettings settings,
      AnalysisTools tools,
      StreamAggregator story,
      Consumer<List<Result>> step) {
    this.stream = stream;
    this.settings = settings;
    this.tools = tools;
    this.listener = tools.listener();
    this.story = story;
    this.step = step;
    this.reader = new ChunkReader(tools, settings, story.startMicros());
    this.analyst = new WindowAnalyzer(stream, settings, tools, tools.rules());
    this.attention = new WindowProgress(stream, tools.load(), tools.clock());
    this.gaps = new Gaps(stream, List.of(), Optional.empty());
    this.windows = WindowSequence.fromStreamStart(settings.windows());
  }

  /// Goes on from there, once [#takeAgain] has had all chunks of which frames are still needed.
  void goOnFrom(StreamPosition timing) {
    gaps = new Gaps(stream, timing.gaps(), timing.gapsForgottenBefore());
    windows = new WindowSequence(settings.windows(), timing.windowAnchor());
    attention.settle(timing.settledMicros());
    attention.looked(timing.partialMicros());
    notSeenMicros = timing.notSeenMicros();
    reader.goTo(timing.sampler());
  }

  Instant start() {
    return story.start();
  }

  /// From the timeline's start.
  long micros(Instant instant) {
    return story.micros(instant);
  }

  StreamState state(StreamPosition timing) {
    return story.state(timing);
  }

  /// Where it stands, and the stream with it.
  ///
  /// @param held records that are held back
  StreamPosition timing(
      Phase phase,
      long readThrough,
      ChunkOrder order,
      List<NeededRecord> held,
      List<Instant> earlier) {
    long needed = startOf(story.nextWindow());
    List<NeededRecord> records = new ArrayList<>();
    taken.stream().filter(chunk -> reachesBeyond(chunk, needed)).forEach(records::add);
    records.addAll(held);
    return new StreamPosition(
        true,
        phase,
        readThrough,
        order.covered(),
        order.unreadable(),
        order.newest(),
        order.newestSequence(),
        order.nextSequence(),
        windows.anchor(),
        attention.settledMicros(),
        attention.lookedMicros(),
        reader.position(),
        records,
        gaps.missed(),
        gaps.since(),
        notSeenMicros,
        earlier);
  }

  /// A chunk that was decoded and is not yet taken; see [ChunkReader.Read].
  ///
  /// @param before where sampling stood
  record Shown(MediaFacts facts, List<SampledFrame> frames, FrameSampler.Position before) {}

  Shown show(Placed placed) throws UnreadableMediaException {
    FrameSampler.Position before = reader.position();
    ChunkReader.Read read = reader.read(placed.chunk(), absoluteMicros(placed.start()));
    return new Shown(read.facts(), read.frames(), before);
  }

  /// @param end absolute time at which the chunk ends
  /// @param seenBefore absolute time up to which the stream was seen without it
  void take(Placed placed, Shown shown, Instant end, Instant seenBefore) {
    taken.add(
        new NeededRecord(
            placed.chunk().origin().offset(),
            placed.sequence(),
            placed.start(),
            Optional.of(new DecodedChunk(end, shown.before()))));
    frames.addAll(shown.frames());
    List<Result> holes = holes(placed, shown.facts(), seenBefore);
    if (!holes.isEmpty()) {
      step.accept(holes);
    }
  }

  /// Whether, as closely as the stream is looked at now, no window will be described that shows a
  /// chunk which comes next. Then it need not be decoded.
  ///
  /// @param end absolute
  boolean isLeftOut(Instant end) {
    DetailLevel look = attention.look();
    if (look.everyNthWindow() == 1) {
      return false;
    }
    long until = micros(end);
    for (long window = story.nextWindow(); startOf(window) < until; window++) {
      if (look.describes(stream, window)) {
        return false;
      }
    }
    return true;
  }

  /// A chunk is left out, and with it what was at hand of the windows that it would have been for.
  /// That is final: they are not looked at later with a part of their frames.
  ///
  /// @param end absolute
  void leaveOut(Placed placed, Instant end) {
    listener.on(new ChunkShed(stream, placed.sequence()));
    long until = micros(end);
    dropBefore(until);
    // Less is no gap by itself; it is told with the next chunk that is left out.
    if (until - attention.settledMicros() > ChunkOrder.JOINT.toMillis() * 1000) {
      List<Gap> unseen = notLookedAt(attention.settledMicros(), until);
      if (!unseen.isEmpty()) {
        step.accept(List.copyOf(unseen));
      }
    }
    progress(until);
  }

  /// Decodes again what windows still need.
  void takeAgain(Chunk chunk, NeededRecord needed) {
    FrameSampler.Position after = reader.position();
    try {
      reader.goTo(needed.decoded().orElseThrow().samplerBefore());
      frames.addAll(reader.read(chunk, absoluteMicros(needed.start())).frames());
      taken.add(needed);
    } catch (UnreadableMediaException e) {
      // It could be read before; what it refers to is gone.
      listener.on(new ChunkRejected(stream, e.rejection()));
    } finally {
      reader.goTo(after);
    }
  }

  /// All that was to be taken again is here.
  void dropWhatIsNotNeeded() {
    dropBefore(startOf(story.nextWindow()));
  }

  /// What is not shown inside a chunk was not seen, as if no chunk had come there.
  private List<Result> holes(Placed placed, MediaFacts facts, Instant seenBefore) {
    List<Result> told = new ArrayList<>();
    for (MediaFacts.Gap hole : facts.gaps()) {
      Instant from = placed.start().plus(hole.fromMicros(), ChronoUnit.MICROS);
      Instant until = placed.start().plus(hole.untilMicros(), ChronoUnit.MICROS);
      Instant unseen = from.isBefore(seenBefore) ? seenBefore : from;
      if (Duration.between(unseen, until).compareTo(ChunkOrder.JOINT) > 0) {
        told.add(
            gap(
                new Move.Hole(
                    unseen, until, Cause.MISSING, "the chunk that comes here has no frame here")));
      }
    }
    return told;
  }

  /// Something was not seen, and that is final.
  Gap gap(Move.Hole hole) {
    notSeenMicros += ChronoUnit.MICROS.between(hole.from(), hole.until());
    return gaps.tell(start(), hole.from(), hole.until(), hole.cause(), hole.detail());
  }

  /// Whether something between these times was not seen; before its start nothing was.
  boolean wasMissed(Instant from, Instant until) {
    return beginsBefore(from) || gaps.touches(from, until);
  }

  boolean beginsBefore(Instant instant) {
    return instant.isBefore(start().minus(ChunkOrder.JOINT));
  }

  /// Looks at what was missed of a chunk that came after all.
  ///
  /// @return whether anything was
  boolean repair(Placed placed) throws UnreadableMediaException {
    Repair.Repaired repaired = new Repair(stream, settings, tools).look(placed, story, gaps);
    if (repaired.results().isEmpty()) {
      return false;
    }
    notSeenMicros = Math.max(0, notSeenMicros - repaired.seenMicros());
    step.accept(repaired.results());
    return true;
  }

  /// Looks at the next window, if it is full.
  ///
  /// @param coveredMicros to where the stream was seen, or is known not to have been
  /// @return whether it was
  boolean lookAtWhole(long coveredMicros) {
    long end = endOf(story.nextWindow());
    if (end > coveredMicros) {
      return false;
    }
    look(end, coveredMicros);
    return true;
  }

  /// Looks at what there is of the last windows, when no more comes for now.
  ///
  /// @return whether there was one
  boolean lookAtRest(long coveredMicros) {
    if (frames.isEmpty() || story.nextWindow() > windows.lastOf(coveredMicros)) {
      return false;
    }
    look(coveredMicros, coveredMicros);
    return true;
  }

  /// Looks at what there is of the next window, if that is worth it, so that events are told before
  /// it is full. After each chunk and before the next, so that it does not depend on when they
  /// come.
  ///
  /// @return whether it was looked at
  boolean lookEarly(long coveredMicros) {
    long window = story.nextWindow();
    long seen = attention.seenOf(startOf(window));
    if (!attention.isWorthALook(settings.windows(), seen, coveredMicros, endOf(window))) {
      return false;
    }
    List<SampledFrame> candidates =
        framesWithin(
            story.startMicros() + startOf(window),
            story.startMicros() + Math.min(coveredMicros, endOf(window)));
    if (candidates.isEmpty() || candidates.getLast().gridMicros() < story.startMicros() + seen) {
      return true;
    }
    begin(window, candidates);
    List<Result> results =
        story.glance(
            analyst.analyzePartial(
                window, candidates, reader.grid(), coveredMicros, DetailLevel.FULL),
            windows);
    if (!results.isEmpty()) {
      tell(results, candidates);
    }
    listener.on(new WindowCompleted(stream, window));
    return true;
  }

  private void look(long untilMicros, long coveredMicros) {
    long window = story.nextWindow();
    long from = story.startMicros() + startOf(window);
    long until = story.startMicros() + endOf(window);
    List<SampledFrame> candidates = framesWithin(from, until);
    begin(window, candidates);
    List<Result> results;
    if (candidates.stream().allMatch(this::isSettled)) {
      // Nothing new was seen, so nothing is said; what was open cannot be followed across the gap,
      // unless the next window looks back before it.
      long next = nextWindowWithFrames(until, coveredMicros);
      results = story.passOver(next, startOf(next) >= attention.settledMicros(), windows);
      attention.settle(endOf(next - 1));
    } else {
      DetailLevel look = attention.turnTo(candidates);
      if (look.describes(stream, window)) {
        WindowAnswer answer = analyst.analyze(window, candidates, reader.grid(), untilMicros, look);
        results = story.take(answer, windows);
        attention.settle(endOf(window));
      } else {
        listener.on(new WindowShed(stream, window, look.level()));
        results = leaveOut(window, untilMicros);
      }
    }
    dropWhatIsNotNeeded();
    if (!results.isEmpty()) {
      tell(results, candidates);
    }
    listener.on(new WindowCompleted(stream, window));
    progress(coveredMicros);
  }

  private void begin(long window, List<SampledFrame> candidates) {
    listener.on(
        new WindowStarted(
            stream, window, candidates.stream().map(SampledFrame::origin).distinct().toList()));
  }

  private List<SampledFrame> framesWithin(long fromMicros, long untilMicros) {
    return frames.stream()
        .filter(frame -> frame.gridMicros() >= fromMicros && frame.gridMicros() < untilMicros)
        .toList();
  }

  /// What was found in these frames.
  private void tell(List<Result> results, List<SampledFrame> seen) {
    step.accept(results);
    for (Result result : results) {
      if (result instanceof VideoEvent event && event.revision() == 1) {
        long start = absoluteMicros(event.start());
        SampledFrame first =
            seen.stream()
                .filter(frame -> frame.gridMicros() >= start)
                .findFirst()
                .orElse(seen.getLast());
        listener.on(new EventOpened(stream, since(seen.getLast()), since(first)));
      }
    }
  }

  /// How long ago the record came that holds a frame.
  private Duration since(SampledFrame frame) {
    return Duration.ofMillis(Math.max(0, tools.clock().millis() - frame.recordMillis()));
  }

  private List<Result> leaveOut(long window, long untilMicros) {
    List<Gap> unseen = notLookedAt(startOf(window), Math.min(startOf(window + 1), untilMicros));
    List<Result> results = new ArrayList<>(story.passOver(window + 1, !unseen.isEmpty(), windows));
    results.addAll(unseen);
    return results;
  }

  private List<Gap> notLookedAt(long fromMicros, long untilMicros) {
    List<Gap> unseen = attention.passOver(gaps, story.start(), fromMicros, untilMicros);
    unseen.forEach(gap -> notSeenMicros += ChronoUnit.MICROS.between(gap.start(), gap.end()));
    return unseen;
  }

  /// WindowSequence follow one another, so the one before saw all frames of the overlap, unless it
  /// was left out.
  private boolean isSettled(SampledFrame frame) {
    return frame.gridMicros() - story.startMicros() < attention.settledMicros();
  }

  /// After a gap, windows in which there is nothing to see are left out.
  private long nextWindowWithFrames(long untilMicros, long coveredMicros) {
    long seen =
        frames.stream()
            .mapToLong(SampledFrame::gridMicros)
            .filter(micros -> micros >= untilMicros)
            .map(micros -> micros - story.startMicros())
            .findFirst()
            .orElse(coveredMicros);
    return Math.max(windows.firstEndingAfter(seen), story.nextWindow() + 1);
  }

  /// It ends, for now: of a last window that was left out the end is in no other.
  List<Result> end(long coveredMicros) {
    List<Result> results = new ArrayList<>(story.end(coveredMicros));
    if (!frames.isEmpty() && !isSettled(frames.getLast())) {
      results.addAll(notLookedAt(attention.settledMicros(), coveredMicros));
    }
    return results;
  }

  /// It ends for now; the next window begins where it was cut short.
  List<Result> rest(long coveredMicros) {
    List<Result> results = end(coveredMicros);
    windows = windows.reanchored(story.nextWindow(), coveredMicros);
    attention.settle(coveredMicros);
    close();
    return results;
  }

  /// The record with which it is over.
  ///
  /// @param end absolute
  StreamEnd over(Instant end) {
    return over(stream, start(), end, story.counts(), notSeenMicros);
  }

  static StreamEnd over(
      String stream, Instant from, Instant end, StreamState.Counts told, long notSeenMicros) {
    return new StreamEnd(
        StableIds.of("end", stream, from),
        stream,
        from,
        end,
        Duration.between(from, end).toMillis(),
        told.windows(),
        told.events(),
        Math.round(notSeenMicros / 1000.0));
  }

  /// Lets go of the frames before, and of the chunks that have no others.
  private void dropBefore(long micros) {
    while (!frames.isEmpty() && frames.getFirst().gridMicros() < story.startMicros() + micros) {
      frames.removeFirst().picture().close();
    }
    taken.removeIf(chunk -> !reachesBeyond(chunk, micros));
  }

  private boolean reachesBeyond(NeededRecord chunk, long micros) {
    return chunk.decoded().orElseThrow().end().isAfter(start().plus(micros, ChronoUnit.MICROS));
  }

  void progress(long coveredMicros) {
    listener.on(new Progress(stream, startOf(story.nextWindow()), coveredMicros));
  }

  private long startOf(long window) {
    return windows.startOf(window);
  }

  private long endOf(long window) {
    return windows.endOf(window);
  }

  private static long absoluteMicros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  /// Lets go of the frames.
  @Override
  public void close() {
    frames.forEach(frame -> frame.picture().close());
    frames.clear();
    taken.clear();
  }
}
