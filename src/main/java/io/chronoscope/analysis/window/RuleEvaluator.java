package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisEvent.RuleEvaluated;
import io.chronoscope.analysis.AnalysisEvent.RulesSkipped;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.window.EventAnswer.Told;
import io.chronoscope.rule.Rule;
import io.chronoscope.rule.Rules;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Has the rules for one stream judged on what the model has before itself of a window.
final class RuleEvaluator {

  private final String stream;
  private final Rules rules;
  private final AnalysisListener listener;
  private final TemporalGrounder judge;

  RuleEvaluator(String stream, Rules rules, AnalysisListener listener) {
    this.stream = stream;
    this.rules = rules;
    this.listener = listener;
    this.judge = new TemporalGrounder(stream, listener);
  }

  /// Hands the questions of all rules to the model at once and does not wait.
  ///
  /// @param session on `view`
  /// @return the most important rule first
  List<CompletableFuture<RuleMatch>> ask(ModelSession session, WindowView view) {
    Rules.Selection selection = rules.of(stream);
    if (!selection.leftOut().isEmpty()) {
      listener.on(new RulesSkipped(stream, selection.leftOut().stream().map(Rule::id).toList()));
    }
    return selection.judged().stream()
        .map(rule ->
            judge
                .judge(session, rule.text(), rule.threshold(), view.shownMicros())
                .thenApply(verdict -> finding(rule, verdict, view)))
        .toList();
  }

  private RuleMatch finding(Rule rule, GroundingResult verdict, WindowView view) {
    if (!verdict.happens() && verdict.problem().isPresent()) {
      return new RuleMatch(rule, verdict.score(), Optional.empty(), false);
    }
    listener.on(new RuleEvaluated(stream, rule.id(), verdict.score(), verdict.happens()));
    if (!verdict.happens()) {
      return new RuleMatch(rule, verdict.score(), Optional.empty(), true);
    }
    Sighting seen = verdict.when().map(view::sighting).orElseGet(() -> somewhere(rule, view));
    return new RuleMatch(rule, verdict.score(), Optional.of(seen), true);
  }

  /// It happens, but when could not be read: anywhere in what was shown, and the tolerance says so.
  private static Sighting somewhere(Rule rule, WindowView view) {
    Sighting all = view.sighting(new Told(0, view.shownMicros(), rule.text()));
    return new Sighting(
        all.startMicros(),
        all.endMicros(),
        all.description(),
        Math.max(view.shownMicros(), all.toleranceMicros()),
        all.frameMicros(),
        all.chunks());
  }
}
