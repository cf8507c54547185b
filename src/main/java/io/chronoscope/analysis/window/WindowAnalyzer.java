package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.AnalysisEvent.PartialAnalysisCompleted;
import io.chronoscope.analysis.AnalysisEvent.WindowAnalyzed;
import io.chronoscope.analysis.AnalysisEvent.WindowEncoded;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.Sampling;
import io.chronoscope.rule.Rules;
import io.chronoscope.sampling.ActivityMeter;
import io.chronoscope.sampling.FpsChoice;
import io.chronoscope.sampling.FpsPolicy;
import io.chronoscope.sampling.FramePairs;
import io.chronoscope.sampling.SampleGrid;
import io.chronoscope.shedding.DetailLevel;
import io.chronoscope.vlm.Answer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Looks at one window of a stream: chooses how densely, has the frames encoded, asks for events
/// and for a summary, and reads the answers.
public final class WindowAnalyzer {

  private final String stream;
  private final AnalysisSettings settings;
  private final BatchedModel model;
  private final FpsPolicy fpsPolicy;
  private final EmbeddingCache pairStore;
  private final RuleEvaluator ruleJudge;
  private final AnalysisListener listener;
  private final InstantSource clock;

  /// @param rules to be judged in each window
  public WindowAnalyzer(
      String stream, AnalysisSettings settings, AnalysisTools tools, Rules rules) {
    this(stream, settings, tools.model(), rules, tools.pairs(), tools.listener(), tools.clock());
  }

  public WindowAnalyzer(
      String stream,
      AnalysisSettings settings,
      BatchedModel model,
      Rules rules,
      EmbeddingCache pairStore,
      AnalysisListener listener,
      InstantSource clock) {
    this.stream = stream;
    this.settings = settings;
    this.model = model;
    this.fpsPolicy = new FpsPolicy(settings.sampling());
    this.ruleJudge = new RuleEvaluator(stream, rules, listener);
    this.pairStore = pairStore;
    this.listener = listener;
    this.clock = clock;
  }

  /// @param window the window's number
  /// @param candidates the frames at hand within it, at the highest rate, in order; at least one
  /// @param grid the candidates' grid; its anchor is the stream's start, from which all times in
  ///   the answer count
  /// @param untilMicros where the window, or the stream, ends, from the stream's start
  /// @param look how closely to look
  public WindowAnswer analyse(
      long window,
      List<SampledFrame> candidates,
      SampleGrid grid,
      long untilMicros,
      DetailLevel look) {
    return answer(look(window, candidates, grid, untilMicros, look, BatchedModel.Urgency.LIVE));
  }

  /// Looks at a window that is not full yet: asks for events, once, and not for a summary. An
  /// answer that cannot be used tells nothing; the whole window will be asked again. Parameters as
  /// of [#analyse].
  public WindowAnswer glance(
      long window,
      List<SampledFrame> candidates,
      SampleGrid grid,
      long untilMicros,
      DetailLevel look) {
    WindowView view =
        view(window, candidates, grid, untilMicros, look, BatchedModel.Urgency.LIVE, false);
    long began = System.nanoTime();
    ModelSession session = view.session(model, settings.maxNewTokens(), BatchedModel.Urgency.LIVE);
    List<CompletableFuture<RuleMatch>> findings = ruleJudge.ask(session, view);
    Answer answer = session.ask(question()).join();
    List<RuleMatch> rules = BatchedModel.joinAll(findings);
    EventAnswer events = read(answer, view);
    listener.on(
        new PartialAnalysisCompleted(
            stream,
            view.sampling(),
            events.events().size(),
            answer.tokenIds().size(),
            Duration.ofNanos(System.nanoTime() - began)));
    return new WindowAnswer(
        view.span(), view.sampling(), sightings(events, view), Optional.empty(), "", "", rules);
  }

  /// Chooses frames and has them encoded; asks nothing yet. Parameters as of [#analyse].
  public WindowView look(
      long window,
      List<SampledFrame> candidates,
      SampleGrid grid,
      long untilMicros,
      DetailLevel look,
      BatchedModel.Urgency urgency) {
    WindowView view = view(window, candidates, grid, untilMicros, look, urgency, true);
    pairStore.remember(view);
    return view;
  }

  private WindowView view(
      long window,
      List<SampledFrame> candidates,
      SampleGrid grid,
      long untilMicros,
      DetailLevel look,
      BatchedModel.Urgency urgency,
      boolean whole) {
    long began = System.nanoTime();
    long streamStartMicros = grid.anchorMicros();
    FrameSize size = size(candidates, look);
    FpsChoice choice =
        fpsPolicy
            .choose(
                ActivityMeter.changes(candidates),
                settings.windows().length(),
                model.tokensPerPair(size))
            .slowed(look.fpsDivisor(), settings.sampling().minFps());
    List<SampledFrame> frames = choice.select(grid, candidates);
    FramePairs framePairs = new FramePairs(frames);
    EmbeddingCache.Encoded encoded = pairStore.encode(stream, framePairs.pairs(), size, urgency);
    listener.on(
        new WindowEncoded(
            stream,
            encoded.pairs().size(),
            encoded.reused(),
            Duration.ofNanos(System.nanoTime() - began)));

    Sampling sampling =
        new Sampling(
            frames.size(),
            choice.fps(),
            choice.reason(),
            encoded.pairs().size() * model.tokensPerPair(size),
            size.widthPx(),
            size.heightPx(),
            lagMillis(frames),
            look.level());
    long gapMicros = Math.round(1e6 / choice.fps());
    long first = frames.getFirst().gridMicros() - streamStartMicros;
    long last = frames.getLast().gridMicros() - streamStartMicros;
    SeenSpan span =
        new SeenSpan(
            window,
            first,
            last,
            Math.max(last, Math.min(last + gapMicros, untilMicros)),
            gapMicros,
            whole);
    return new WindowView(
        stream,
        streamStartMicros,
        span,
        sampling,
        framePairs.times(),
        frames.stream().map(SampledFrame::origin).toList(),
        encoded.pairs());
  }

  private WindowAnswer answer(WindowView view) {
    long began = System.nanoTime();
    ModelSession session = view.session(model, settings.maxNewTokens(), BatchedModel.Urgency.LIVE);
    // Before the long answers, which they need not wait for.
    List<CompletableFuture<RuleMatch>> findings = ruleJudge.ask(session, view);
    Asked asked = ask(session, view);
    List<RuleMatch> rules = BatchedModel.joinAll(findings);
    listener.on(
        new WindowAnalyzed(
            stream,
            view.sampling(),
            asked.events.events().size(),
            asked.tokens,
            Duration.ofNanos(System.nanoTime() - began)));
    Optional<String> problem =
        asked.events.isClean()
            ? Optional.empty()
            : Optional.of(String.join("; ", asked.events.problems()));
    return new WindowAnswer(
        view.span(),
        view.sampling(),
        sightings(asked.events, view),
        problem,
        problem.isPresent() ? asked.lastWords : "",
        asked.summary,
        rules);
  }

  private static List<Sighting> sightings(EventAnswer events, WindowView view) {
    return events.events().stream().map(view::sighting).toList();
  }

  private String question() {
    return settings.query().map(Prompts::grounding).orElse(Prompts.EVENTS);
  }

  /// How long the record that came last of those that the window needed has waited.
  private long lagMillis(List<SampledFrame> frames) {
    long written = frames.stream().mapToLong(SampledFrame::recordMillis).max().orElseThrow();
    return Math.max(0, clock.millis() - written);
  }

  /// Frames are held as large as they are shown when all is well. In a window in which the stream
  /// changes its size, all are shown at that of most of them.
  private FrameSize size(List<SampledFrame> candidates, DetailLevel look) {
    Map<FrameSize, Integer> counts = new LinkedHashMap<>();
    candidates.forEach(frame -> counts.merge(ChunkReader.sizeOf(frame.picture()), 1, Integer::sum));
    int most = Collections.max(counts.values());
    FrameSize full =
        counts.entrySet().stream()
            .filter(size -> size.getValue() == most)
            .findFirst()
            .orElseThrow()
            .getKey();
    return look.pixelDivisor() == 1
        ? full
        : model.frameSize(full, Math.max(1, full.pixels() / look.pixelDivisor()));
  }

  private record Asked(EventAnswer events, String lastWords, String summary, int tokens) {}

  private Asked ask(ModelSession session, WindowView view) {
    String question = question();
    CompletableFuture<Answer> summary = session.ask(Prompts.SUMMARY);
    Answer answer = session.ask(question).join();
    int tokens = answer.tokenIds().size();
    EventAnswer events = read(answer, view);
    if (!events.isClean()) {
      String problem = String.join("; ", events.problems());
      listener.on(new MalformedAnswer(stream, problem, MalformedAnswer.Outcome.RETRIED));
      Answer second = session.ask(Prompts.again(question, problem)).join();
      tokens += second.tokenIds().size();
      EventAnswer reread = read(second, view);
      if (reread.isClean() || reread.events().size() > events.events().size()) {
        answer = second;
        events = reread;
      }
      if (!events.isClean()) {
        listener.on(
            new MalformedAnswer(
                stream, String.join("; ", events.problems()), MalformedAnswer.Outcome.REPORTED));
      }
    }
    Answer told = summary.join();
    return new Asked(events, answer.text(), told.text().strip(), tokens + told.tokenIds().size());
  }

  private EventAnswer read(Answer answer, WindowView view) {
    if (!answer.finished()) {
      return new EventAnswer(
          List.of(), List.of("cut off after " + settings.maxNewTokens() + " tokens"));
    }
    long shownMicros = view.shownMicros();
    return settings
        .query()
        .map(query -> EventAnswerParser.grounding(answer.text(), query, shownMicros))
        .orElseGet(() -> EventAnswerParser.events(answer.text(), shownMicros));
  }
}
