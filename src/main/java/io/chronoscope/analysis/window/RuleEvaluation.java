package io.chronoscope.analysis.window;

import io.chronoscope.rule.Rule;

/// Outcome of evaluating one rule on one window.
public sealed interface RuleEvaluation {

  Rule rule();

  /// What the rule describes happens in the window.
  ///
  /// @param score how sure the model is, from the rule's threshold to 1
  record Match(Rule rule, double score, Sighting sighting) implements RuleEvaluation {}

  /// What the rule describes does not happen in the window.
  record NoMatch(Rule rule) implements RuleEvaluation {}

  /// The model's answer could not be used, so nothing is known about the rule in this window.
  record Unusable(Rule rule) implements RuleEvaluation {}
}
