package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisEvent.RuleEvaluated;
import io.chronoscope.analysis.AnalysisEvent.RulesSkipped;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import io.chronoscope.rule.Rule;
import io.chronoscope.rule.Rules;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Evaluates the rules in force for one stream on an encoded window.
final class RuleEvaluator {

  private final String stream;
  private final Rules rules;
  private final AnalysisListener listener;
  private final TemporalGrounder grounder;

  RuleEvaluator(String stream, Rules rules, AnalysisListener listener) {
    this.stream = stream;
    this.rules = rules;
    this.listener = listener;
    this.grounder = new TemporalGrounder(stream, listener);
  }

  /// Submits the questions of all rules to the model at once and returns without waiting.
  ///
  /// @param session on `window`
  /// @return the most important rule first
  List<CompletableFuture<RuleEvaluation>> evaluate(VideoSession session, EncodedWindow window) {
    Rules.Selection selection = rules.of(stream);
    if (!selection.skipped().isEmpty()) {
      listener.on(new RulesSkipped(stream, selection.skipped().stream().map(Rule::id).toList()));
    }
    return selection.evaluated().stream()
        .map(rule ->
            grounder
                .ground(session, rule.text(), rule.threshold(), window.shownMicros())
                .thenApply(result -> evaluation(rule, result, window)))
        .toList();
  }

  private RuleEvaluation evaluation(Rule rule, GroundingResult result, EncodedWindow window) {
    return switch (result) {
      case GroundingResult.Unusable _ -> new RuleEvaluation.Unusable(rule);
      case GroundingResult.Absent absent -> noMatch(rule, absent.score());
      case GroundingResult.Refused refused -> noMatch(rule, refused.score());
      case GroundingResult.Located located ->
          match(rule, located.confidence(), window.sighting(located));
      case GroundingResult.Unlocated unlocated ->
          match(rule, unlocated.score(), anywhere(rule, window));
    };
  }

  private RuleEvaluation noMatch(Rule rule, double score) {
    listener.on(new RuleEvaluated(stream, rule.id(), score, false));
    return new RuleEvaluation.NoMatch(rule);
  }

  private RuleEvaluation match(Rule rule, double score, Sighting sighting) {
    listener.on(new RuleEvaluated(stream, rule.id(), score, true));
    return new RuleEvaluation.Match(rule, score, sighting);
  }

  /// Covers the whole window, with a tolerance as long as the window: the rule matches, but the
  /// model did not say when.
  private static Sighting anywhere(Rule rule, EncodedWindow window) {
    Sighting all = window.sighting(new ParsedEvent(0, window.shownMicros(), rule.text(), false));
    return new Sighting(
        all.startMicros(),
        all.endMicros(),
        all.description(),
        Math.max(window.shownMicros(), all.toleranceMicros()),
        all.frameMicros(),
        all.chunks(),
        all.certainty());
  }
}
