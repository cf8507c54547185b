package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.AnalysisEvent.PartialAnalysisCompleted;
import io.chronoscope.analysis.AnalysisEvent.WindowAnalyzed;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
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

/// Analyzes the windows of one stream: has a window encoded, asks the model for events and a
/// summary, evaluates the rules, and parses the answers.
public final class WindowAnalyzer {

  private final String stream;
  private final AnalysisSettings settings;
  private final WindowTools tools;
  private final WindowEncoder encoder;
  private final RuleEvaluator ruleEvaluator;
  private final AnalysisListener listener;

  /// @param rules to evaluate in each window
  public WindowAnalyzer(String stream, AnalysisSettings settings, WindowTools tools, Rules rules) {
    this.stream = stream;
    this.settings = settings;
    this.tools = tools;
    this.encoder = new WindowEncoder(stream, settings, tools);
    this.ruleEvaluator = new RuleEvaluator(stream, rules, tools.listener());
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
    EventsAsked asked = askForEvents(session, encoded);
    Optional<Answer> summarized = summary.map(CompletableFuture::join);
    List<RuleEvaluation> evaluations = BatchedModel.joinAll(rules);
    EventAnswer events = asked.events();
    listener.on(
        new WindowAnalyzed(
            stream,
            encoded.sampling(),
            events.events().size(),
            asked.tokens() + summarized.map(answer -> answer.tokenIds().size()).orElse(0),
            Duration.ofNanos(System.nanoTime() - startNanos)));
    Optional<String> problem =
        events.isClean() ? Optional.empty() : Optional.of(String.join("; ", events.problems()));
    return new WindowAnswer(
        encoded.span(),
        encoded.sampling(),
        sightings(events, encoded),
        problem,
        problem.isPresent() ? asked.text() : "",
        summarized.map(answer -> answer.text().strip()).orElseGet(() -> descriptions(events)),
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
    Answer answer = session.ask(eventQuestion()).join();
    List<RuleEvaluation> evaluations = BatchedModel.joinAll(rules);
    EventAnswer events = parse(answer, encoded);
    reportRepairs(events);
    listener.on(
        new PartialAnalysisCompleted(
            stream,
            encoded.sampling(),
            events.events().size(),
            answer.tokenIds().size(),
            Duration.ofNanos(System.nanoTime() - startNanos)));
    return new WindowAnswer(
        encoded.span(),
        encoded.sampling(),
        sightings(events, encoded),
        Optional.empty(),
        "",
        "",
        evaluations);
  }

  /// The events of a window as its summary.
  private static String descriptions(EventAnswer events) {
    return events.events().isEmpty()
        ? "No events."
        : events.events().stream()
            .map(ParsedEvent::description)
            .distinct()
            .collect(Collectors.joining(" "));
  }

  private static List<Sighting> sightings(EventAnswer events, EncodedWindow window) {
    return events.events().stream().map(window::sighting).toList();
  }

  private String eventQuestion() {
    return settings.query().map(Prompts::grounding).orElse(Prompts.EVENTS);
  }

  /// @param text the answer that `events` was parsed from
  /// @param tokens how many tokens were generated, in all attempts together
  private record EventsAsked(EventAnswer events, String text, int tokens) {}

  private EventsAsked askForEvents(VideoSession session, EncodedWindow window) {
    String question = eventQuestion();
    Answer answer = session.ask(question).join();
    int tokens = answer.tokenIds().size();
    EventAnswer events = parse(answer, window);
    if (events.isClean()) {
      reportRepairs(events);
      return new EventsAsked(events, answer.text(), tokens);
    }
    String problem = String.join("; ", events.problems());
    listener.on(new MalformedAnswer(stream, problem, MalformedAnswer.Outcome.RETRIED));
    Answer second = session.ask(Prompts.retry(question, problem)).join();
    tokens += second.tokenIds().size();
    EventAnswer reparsed = parse(second, window);
    if (reparsed.isClean() || reparsed.events().size() > events.events().size()) {
      answer = second;
      events = reparsed;
    }
    reportRepairs(events);
    if (!events.isClean()) {
      listener.on(
          new MalformedAnswer(
              stream, String.join("; ", events.problems()), MalformedAnswer.Outcome.REPORTED));
    }
    return new EventsAsked(events, answer.text(), tokens);
  }

  private void reportRepairs(EventAnswer events) {
    if (!events.repairs().isEmpty()) {
      listener.on(
          new MalformedAnswer(
              stream, String.join("; ", events.repairs()), MalformedAnswer.Outcome.REPAIRED));
    }
  }

  private EventAnswer parse(Answer answer, EncodedWindow window) {
    long shownMicros = window.shownMicros();
    EventAnswer parsed =
        settings
            .query()
            .map(query -> EventAnswerParser.grounding(answer.text(), query, shownMicros))
            .orElseGet(() -> EventAnswerParser.events(answer.text(), shownMicros));
    return answer.finished()
        ? parsed
        : parsed.cutOff("cut off after " + settings.maxNewTokens() + " tokens");
  }
}
