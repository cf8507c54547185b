package io.chronoscope.analysis;

import io.chronoscope.analysis.ChunkClock.Placement;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.model.Rejection;
import io.chronoscope.model.Result;
import io.chronoscope.model.Result.DeadLetter;
import io.chronoscope.model.SampledFrame;
import io.chronoscope.model.StreamInput;
import io.chronoscope.model.StreamInput.Chunk;
import io.chronoscope.model.StreamInput.EndOfStream;
import io.chronoscope.model.StreamInput.Unreadable;
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

/// One stream from its first chunk to its end: chunks become frames, frames fill windows, each
/// window's answer goes to the story, and every change leaves as a [Step]. Used by one thread at a
/// time. Owns the frames it holds.
final class StreamAnalyzer implements AutoCloseable {

  private record Pending(ChunkOrigin origin, Placement placement, Instant end) {}

  /// From where a stream goes on.
  record Resumed(StreamState state, ChunkOrigin from) {}

  private final String stream;
  private final AnalysisSettings settings;
  private final MediaDecoder decoder;
  private final BatchedModel model;
  private final AnalysisListener listener;
  private final Consumer<Step> out;
  private final WindowAnalyst analyst;
  private final ChunkClock clock;
  private final Optional<ChunkOrigin> resumedFrom;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final Deque<SampledFrame> frames = new ArrayDeque<>();
  private @Nullable StreamStory story;
  private @Nullable ChunkReader reader;
  private long coveredMicros;
  private long lastSequence = Long.MIN_VALUE;

  StreamAnalyzer(
      String stream,
      AnalysisSettings settings,
      MediaDecoder decoder,
      BatchedModel model,
      AnalysisListener listener,
      Optional<Resumed> resumed,
      Consumer<Step> out) {
    this.stream = stream;
    this.settings = settings;
    this.decoder = decoder;
    this.model = model;
    this.listener = listener;
    this.out = out;
    this.analyst = new WindowAnalyst(stream, settings, model, listener, System::nanoTime);
    Optional<StreamState> state = resumed.map(Resumed::state);
    this.clock =
        new ChunkClock(
            state.map(StreamState::resumeSequence).orElse(0L),
            state.flatMap(StreamState::resumeStart));
    this.resumedFrom = resumed.map(Resumed::from);
    state.ifPresent(this::goOnFrom);
  }

  private void goOnFrom(StreamState state) {
    StreamStory told = new StreamStory(state, settings, model);
    story = told;
    reader = readerOf(told);
    reader.skipBefore(told.startMicros() + settings.windows().startOf(told.nextWindow()));
  }

  private ChunkReader readerOf(StreamStory told) {
    return new ChunkReader(decoder, settings, model, told.startMicros());
  }

  void accept(StreamInput input) {
    switch (input) {
      case Chunk chunk -> take(chunk);
      case Unreadable unreadable -> reject(unreadable.origin(), unreadable.rejection());
      case EndOfStream end -> finish(end.origin());
    }
  }

  private void take(Chunk chunk) {
    Placement placement = clock.place(chunk);
    if (placement.sequence() <= lastSequence) {
      listener.chunkSkipped(stream, placement.sequence());
      return;
    }
    // A stream begins with its first chunk that can be read, so these two stay if this one cannot.
    StreamStory told =
        story == null ? StreamStory.begin(stream, placement.start(), settings, model) : story;
    ChunkReader chunks = reader == null ? readerOf(told) : reader;
    long startMicros = told.micros(placement.start());
    if (startMicros < 0) {
      reject(
          chunk.origin(),
          new Rejection(
              Rejection.Reason.BAD_TIME,
              "chunk starts at %s, before its stream, which began at %s"
                  .formatted(placement.start(), told.start())));
      return;
    }
    long beganNanos = System.nanoTime();
    ChunkReader.Read read;
    try {
      read = chunks.read(chunk, told.startMicros() + startMicros);
    } catch (UnreadableMediaException e) {
      reject(chunk.origin(), e.rejection());
      return;
    }
    story = told;
    reader = chunks;
    MediaFacts facts = read.facts();
    listener.chunkDecoded(
        stream, facts, read.frames().size(), Duration.ofNanos(System.nanoTime() - beganNanos));
    Duration lasts = Duration.of(facts.durationMicros(), ChronoUnit.MICROS);
    clock.took(placement, lasts);
    lastSequence = placement.sequence();
    pending.add(new Pending(chunk.origin(), placement, placement.start().plus(lasts)));
    frames.addAll(read.frames());
    coveredMicros = Math.max(coveredMicros, startMicros + facts.durationMicros());
    while (settings.windows().endOf(told.nextWindow()) <= coveredMicros) {
      analyseNext(told, chunks, settings.windows().endOf(told.nextWindow()));
    }
    listener.progress(stream, settings.windows().startOf(told.nextWindow()), coveredMicros);
  }

  private void analyseNext(StreamStory told, ChunkReader chunks, long untilMicros) {
    long window = told.nextWindow();
    long from = told.startMicros() + settings.windows().startOf(window);
    long until = told.startMicros() + settings.windows().endOf(window);
    List<SampledFrame> candidates =
        frames.stream()
            .filter(frame -> frame.gridMicros() >= from && frame.gridMicros() < until)
            .toList();
    List<Result> results =
        candidates.stream().allMatch(frame -> seenBefore(told, window, frame))
            // Nothing new was seen, so nothing is said; what was open cannot be followed across the
            // gap.
            ? told.sawNothing(nextWindowWithFrames(told, until))
            : told.take(analyst.analyse(window, candidates, chunks.grid(), untilMicros));
    dropFramesBefore(told.startMicros() + settings.windows().startOf(told.nextWindow()));
    if (!results.isEmpty()) {
      step(told, results);
    }
  }

  /// Windows follow one another, so the one before saw all frames of the overlap.
  private boolean seenBefore(StreamStory told, long window, SampledFrame frame) {
    return window > 0
        && frame.gridMicros() < told.startMicros() + settings.windows().endOf(window - 1);
  }

  /// After a gap, windows in which there is nothing to see are left out.
  private long nextWindowWithFrames(StreamStory told, long untilMicros) {
    return frames.stream()
        .mapToLong(SampledFrame::gridMicros)
        .filter(micros -> micros >= untilMicros)
        .map(micros -> settings.windows().firstWindowSeeing(micros - told.startMicros()))
        .map(seeing -> Math.max(seeing, told.nextWindow() + 1))
        .findFirst()
        .orElse(told.nextWindow() + 1);
  }

  private void dropFramesBefore(long micros) {
    while (!frames.isEmpty() && frames.getFirst().gridMicros() < micros) {
      frames.removeFirst().picture().close();
    }
  }

  private void reject(ChunkOrigin origin, Rejection rejection) {
    listener.chunkRejected(stream, rejection);
    List<Result> letter = List.of(new DeadLetter(stream, origin, rejection));
    if (story == null) {
      out.accept(new Step(stream, letter, Optional.empty(), origin));
    } else {
      step(story, letter);
    }
  }

  private void step(StreamStory told, List<Result> results) {
    Instant needed =
        told.start().plus(settings.windows().startOf(told.nextWindow()), ChronoUnit.MICROS);
    // The last one stays, needed or not: a step names a record from which its stream goes on.
    while (pending.size() > 1 && !pending.getFirst().end().isAfter(needed)) {
      pending.removeFirst();
    }
    Pending first = pending.peekFirst();
    out.accept(
        first == null
            ? new Step(
                stream,
                results,
                Optional.of(told.state(clock.nextSequence(), clock.expectedStart())),
                resumedFrom.orElseThrow())
            : new Step(
                stream,
                results,
                Optional.of(
                    told.state(
                        first.placement().sequence(), Optional.of(first.placement().start()))),
                first.origin()));
  }

  /// Nothing more comes: analyses what is left, closes what is open and tells the whole.
  ///
  /// @param last the last record that was read of this stream
  void finish(ChunkOrigin last) {
    StreamStory told = story;
    ChunkReader chunks = reader;
    List<Result> results = new ArrayList<>();
    if (told != null && chunks != null) {
      while (!frames.isEmpty()
          && told.nextWindow() <= settings.windows().lastWindowOf(coveredMicros)) {
        analyseNext(told, chunks, coveredMicros);
      }
      results.addAll(told.end(coveredMicros));
    }
    out.accept(new Step(stream, results, Optional.empty(), last));
    listener.streamEnded(stream);
    close();
  }

  @Override
  public void close() {
    frames.forEach(frame -> frame.picture().close());
    frames.clear();
    pending.clear();
    story = null;
    reader = null;
  }
}
