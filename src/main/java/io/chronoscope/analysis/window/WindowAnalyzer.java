package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.AnalysisEvent.PartialAnalysisCompleted;
import io.chronoscope.analysis.AnalysisEvent.WindowAnalyzed;
import io.chronoscope.analysis.AnalysisEvent.WindowSightings;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.Priority;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.rule.Rules;
import io.chronoscope.sampling.SampleGrid;
import io.chronoscope.shedding.DetailLevel;
import io.chronoscope.vlm.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/// Analyzes the windows of one stream: has a window encoded, asks the model for all events, or
/// whether and when the query happens, and for a summary, evaluates the rules, and parses the
/// answers.
public final class WindowAnalyzer {

  private final String stream;
  private final AnalysisSettings settings;
  private final WindowTools tools;
  private final WindowEncoder encoder;
  private final RuleEvaluator ruleEvaluator;
  private final TemporalGrounder grounder;
  private final EventCheck check;
  private final AnalysisListener listener;

  /// @param rules to evaluate in each window
  public WindowAnalyzer(String stream, AnalysisSettings settings, WindowTools tools, Rules rules) {
    this.stream = stream;
    this.settings = settings;
    this.tools = tools;
    this.encoder = new WindowEncoder(stream, settings, tools);
    this.ruleEvaluator = new RuleEvaluator(stream, rules, tools.listener());
    this.grounder = new TemporalGrounder(stream, tools.listener());
    this.check = new EventCheck(stream, settings, tools.listener());
    this.listener = tools.listener();
  }

  /// Analyzes a complete window: events, summary and rules. Asks again, once, when the answer about
  /// events cannot be parsed.
  ///
  /// @param window the window's number
  /// @param candidates the window's frames at the candidate rate, in order; at least one
  /// @param grid the candidates' grid; its anchor is the stream's start, from which all times in
  ///   the answer count
  /// @param untilMicros end of the window or of the stream, in microseconds from the stream's start
  /// @param detail how far load shedding reduces rate and size, and whether the model summarizes
  public WindowAnswer analyze(
      long window,
      List<SampledFrame> candidates,
      SampleGrid grid,
      long untilMicros,
      DetailLevel detail) {
    EncodedWindow encoded =
        encoder.encode(window, candidates, grid, untilMicros, detail, Priority.LIVE);
    long startNanos = System.nanoTime();
    VideoSession session = encoded.session(tools, settings.maxNewTokens(), Priority.LIVE);
    // Rules have short answers: submit them before the long ones.
    List<CompletableFuture<RuleEvaluation>> rules = ruleEvaluator.evaluate(session, encoded);
    Optional<CompletableFuture<Answer>> summary =
        switch (detail.summaries()) {
          case BY_MODEL -> Optional.of(session.ask(Prompts.SUMMARY));
          case FROM_EVENTS -> Optional.empty();
        };
    EventsAsked asked = ask(session, encoded, Attempts.TWO);
    Optional<Answer> summarized = summary.map(CompletableFuture::join);
    List<RuleEvaluation> evaluations = BatchedModel.joinAll(rules);
    report(encoded, WindowSightings.Coverage.WHOLE, asked);
    listener.on(
        new WindowAnalyzed(
            stream,
            encoded.sampling(),
            asked.sightings().size(),
            asked.tokens() + summarized.map(answer -> answer.tokenIds().size()).orElse(0),
            Duration.ofNanos(System.nanoTime() - startNanos)));
    return new WindowAnswer(
        encoded.span(),
        encoded.sampling(),
        asked.sightings(),
        asked.problem(),
        asked.problem().isPresent() ? asked.text() : "",
        summarized
            .map(answer -> answer.text().strip())
            .orElseGet(() -> descriptions(asked.sightings())),
        evaluations);
  }

  /// Analyzes a window that is not complete yet: events and rules, without a summary and without
  /// asking again, because the complete window will be analyzed later. An answer that cannot be
  /// parsed yields no events. Parameters as for [#analyze].
  public WindowAnswer analyzePartial(
      long window,
      List<SampledFrame> candidates,
      SampleGrid grid,
      long untilMicros,
      DetailLevel detail) {
    EncodedWindow encoded = encoder.encodePartial(window, candidates, grid, untilMicros, detail);
    long startNanos = System.nanoTime();
    VideoSession session = encoded.session(tools, settings.maxNewTokens(), Priority.LIVE);
    List<CompletableFuture<RuleEvaluation>> rules = ruleEvaluator.evaluate(session, encoded);
    EventsAsked asked = ask(session, encoded, Attempts.ONE);
    List<RuleEvaluation> evaluations = BatchedModel.joinAll(rules);
    report(encoded, WindowSightings.Coverage.PART, asked);
    listener.on(
        new PartialAnalysisCompleted(
            stream,
            encoded.sampling(),
            asked.sightings().size(),
            asked.tokens(),
            Duration.ofNanos(System.nanoTime() - startNanos)));
    return new WindowAnswer(
        encoded.span(),
        encoded.sampling(),
        asked.sightings(),
        Optional.empty(),
        "",
        "",
        evaluations);
  }

  private void report(EncodedWindow window, WindowSightings.Coverage coverage, EventsAsked asked) {
    listener.on(
        new WindowSightings(
            stream,
            window.span().window(),
            window.times().micros().stream().map(micros -> micros - window.startMicros()).toList(),
            window.span().untilMicros(),
            coverage,
            asked.sightings().stream()
                .map(sighting ->
                    new WindowSightings.Sighting(
                        sighting.startMicros(), sighting.endMicros(), sighting.description()))
                .toList()));
  }

  /// The events of a window as its summary.
  private static String descriptions(List<Sighting> events) {
    return events.isEmpty()
        ? "No events."
        : events.stream().map(Sighting::description).distinct().collect(Collectors.joining(" "));
  }

  private enum Attempts {
    ONE,
    TWO
  }

  /// @param problem what of the answer could not be used
  /// @param text the answer
  /// @param tokens how many tokens were generated, in all attempts together
  private record EventsAsked(
      List<Sighting> sightings, Optional<String> problem, String text, int tokens) {}

  private EventsAsked ask(VideoSession session, EncodedWindow window, Attempts attempts) {
    return settings
        .query()
        .map(query -> askForQuery(query, session, window))
        .orElseGet(() -> askForEvents(session, window, attempts));
  }

  /// Whether and when the query happens. The grounder asks again by itself when needed.
  private EventsAsked askForQuery(
      AnalysisSettings.Query query, VideoSession session, EncodedWindow window) {
    GroundingResult result =
        grounder.ground(session, query.text(), query.threshold(), window.shownMicros()).join();
    return switch (result) {
      case GroundingResult.Absent _, GroundingResult.Refused _ ->
          new EventsAsked(List.of(), Optional.empty(), "", 0);
      case GroundingResult.Located located ->
          new EventsAsked(List.of(window.sighting(located)), Optional.empty(), "", 0);
      case GroundingResult.Unlocated unlocated -> unusable(unlocated.problem());
      case GroundingResult.Unusable unusable -> unusable(unusable.problem());
    };
  }

  private static EventsAsked unusable(String problem) {
    return new EventsAsked(List.of(), Optional.of(problem), problem, 0);
  }

  private EventsAsked askForEvents(VideoSession session, EncodedWindow window, Attempts attempts) {
    Answer answer = session.ask(settings.events().prompt()).join();
    int tokens = answer.tokenIds().size();
    EventAnswer events = parse(answer, window);
    if (!events.isClean() && attempts == Attempts.TWO) {
      String problem = problem(events);
      listener.on(new MalformedAnswer(stream, problem, MalformedAnswer.Outcome.RETRIED));
      Answer second = session.ask(Prompts.retry(settings.events().prompt(), problem)).join();
      tokens += second.tokenIds().size();
      EventAnswer reparsed = parse(second, window);
      if (reparsed.isClean() || reparsed.events().size() > events.events().size()) {
        answer = second;
        events = reparsed;
      }
    }
    if (!events.repairs().isEmpty()) {
      listener.on(
          new MalformedAnswer(
              stream, String.join("; ", events.repairs()), MalformedAnswer.Outcome.REPAIRED));
    }
    if (!events.isClean() && attempts == Attempts.TWO) {
      listener.on(new MalformedAnswer(stream, problem(events), MalformedAnswer.Outcome.REPORTED));
    }
    return new EventsAsked(
        check.confirmed(events.events(), session, window).stream().map(window::sighting).toList(),
        events.isClean() ? Optional.empty() : Optional.of(problem(events)),
        answer.text(),
        tokens);
  }

  private static String problem(EventAnswer events) {
    return String.join("; ", events.problems());
  }

  private EventAnswer parse(Answer answer, EncodedWindow window) {
    EventAnswer parsed =
        EventAnswerParser.events(answer.text(), window.shownMicros()).weighed(answer);
    return answer.finished() ? parsed : parsed.cutOff(answer.cut());
  }
}
