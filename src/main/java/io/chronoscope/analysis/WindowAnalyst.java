package io.chronoscope.analysis;

import io.chronoscope.analysis.EventAnswer.Told;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.model.FrameSize;
import io.chronoscope.model.SampledFrame;
import io.chronoscope.model.Sampling;
import io.chronoscope.sampling.FpsChoice;
import io.chronoscope.sampling.FpsPolicy;
import io.chronoscope.sampling.FramePairs;
import io.chronoscope.sampling.SampleGrid;
import io.chronoscope.vlm.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/// Looks at one window of a stream: chooses how densely, has the frames encoded, asks for events
/// and for a summary, and reads the answers.
final class WindowAnalyst {

  private final String stream;
  private final AnalysisSettings settings;
  private final BatchedModel model;
  private final FpsPolicy fpsPolicy;
  private final PairStore pairStore;
  private final AnalysisListener listener;
  private final LongSupplier nanoTime;

  WindowAnalyst(
      String stream,
      AnalysisSettings settings,
      BatchedModel model,
      AnalysisListener listener,
      LongSupplier nanoTime) {
    this.stream = stream;
    this.settings = settings;
    this.model = model;
    this.fpsPolicy = new FpsPolicy(settings.sampling());
    this.pairStore = new PairStore(model);
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  /// @param window the window's number
  /// @param candidates the frames at hand within it, at the highest rate, in order; at least one
  /// @param grid the candidates' grid; its anchor is the stream's start, from which all times in
  ///   the answer count
  /// @param untilMicros where the window, or the stream, ends, from the stream's start
  WindowAnswer analyse(
      long window, List<SampledFrame> candidates, SampleGrid grid, long untilMicros) {
    long began = nanoTime.getAsLong();
    long streamStartMicros = grid.anchorMicros();
    FrameSize size = ChunkReader.sizeOf(candidates.getFirst().picture());
    FpsChoice choice =
        fpsPolicy.choose(
            candidates.stream().map(SampledFrame::activity).toList(),
            settings.windows().length(),
            model.tokensPerPair(size));
    List<SampledFrame> frames = choice.select(grid, candidates);
    FramePairs framePairs = new FramePairs(frames);
    List<FramePairs.Pair> pairs = framePairs.pairs();
    PairStore.Encoded encoded = pairStore.encode(pairs, size);
    long encodedAt = nanoTime.getAsLong();
    listener.windowEncoded(
        stream, encoded.pairs().size(), encoded.reused(), Duration.ofNanos(encodedAt - began));

    Sampling sampling =
        new Sampling(
            frames.size(),
            choice.fps(),
            choice.reason(),
            encoded.pairs().size() * model.tokensPerPair(size),
            size.widthPx(),
            size.heightPx());
    long gapMicros = Math.round(1e6 / choice.fps());
    long first = frames.getFirst().gridMicros() - streamStartMicros;
    long last = frames.getLast().gridMicros() - streamStartMicros;
    SeenSpan span =
        new SeenSpan(
            window,
            first,
            last,
            Math.max(last, Math.min(last + gapMicros, untilMicros)),
            gapMicros);
    ModelSession session =
        new ModelSession(
            model,
            encoded.pairs(),
            pairs.stream().map(FramePairs.Pair::seconds).toList(),
            settings.maxNewTokens());
    Asked asked = ask(session, span);
    listener.windowAnswered(
        stream,
        sampling,
        asked.events.events().size(),
        asked.tokens,
        Duration.ofNanos(nanoTime.getAsLong() - encodedAt));
    List<Sighting> sightings = new ArrayList<>();
    for (Told told : asked.events.events()) {
      sightings.add(sighting(told, framePairs, streamStartMicros, span));
    }
    Optional<String> problem =
        asked.events.isClean()
            ? Optional.empty()
            : Optional.of(String.join("; ", asked.events.problems()));
    return new WindowAnswer(
        span,
        sampling,
        sightings,
        problem,
        problem.isPresent() ? asked.lastWords : "",
        asked.summary);
  }

  private record Asked(EventAnswer events, String lastWords, String summary, int tokens) {}

  private Asked ask(ModelSession session, SeenSpan span) {
    String question = settings.query().map(Prompts::grounding).orElse(Prompts.EVENTS);
    CompletableFuture<Answer> summary = session.ask(Prompts.SUMMARY);
    Answer answer = session.ask(question).join();
    int tokens = answer.tokenIds().size();
    EventAnswer events = read(answer, span);
    if (!events.isClean()) {
      String problem = String.join("; ", events.problems());
      listener.answerBroken(stream, problem, false);
      Answer second = session.ask(Prompts.again(question, problem)).join();
      tokens += second.tokenIds().size();
      EventAnswer reread = read(second, span);
      if (reread.isClean() || reread.events().size() > events.events().size()) {
        answer = second;
        events = reread;
      }
      if (!events.isClean()) {
        listener.answerBroken(stream, String.join("; ", events.problems()), true);
      }
    }
    Answer told = summary.join();
    return new Asked(events, answer.text(), told.text().strip(), tokens + told.tokenIds().size());
  }

  private EventAnswer read(Answer answer, SeenSpan span) {
    if (!answer.finished()) {
      return new EventAnswer(
          List.of(), List.of("cut off after " + settings.maxNewTokens() + " tokens"));
    }
    long shown = span.untilMicros() - span.firstMicros();
    // One frame alone shows an instant; what is told of it lies within one sampling step.
    long shownMicros = Math.max(shown, 1);
    return settings
        .query()
        .map(query -> EventAnswerParser.grounding(answer.text(), query, shownMicros))
        .orElseGet(() -> EventAnswerParser.events(answer.text(), shownMicros));
  }

  private static Sighting sighting(
      Told told, FramePairs pairs, long streamStartMicros, SeenSpan span) {
    long start = span.firstMicros() + told.startMicros();
    long end = span.firstMicros() + told.endMicros();
    List<Long> times = new ArrayList<>();
    List<ChunkOrigin> chunks = new ArrayList<>();
    for (SampledFrame frame : pairs.frames()) {
      long micros = frame.gridMicros() - streamStartMicros;
      // The frames that bracket the bounds were seen for it, too.
      if (micros > start - span.gapMicros() && micros < end + span.gapMicros()) {
        times.add(micros);
        if (chunks.isEmpty() || !chunks.getLast().equals(frame.origin())) {
          chunks.add(frame.origin());
        }
      }
    }
    long tolerance =
        Math.max(
            pairs.toleranceMicrosAt(start + streamStartMicros),
            pairs.toleranceMicrosAt(end + streamStartMicros));
    return new Sighting(start, end, told.description(), tolerance, times, chunks);
  }
}
