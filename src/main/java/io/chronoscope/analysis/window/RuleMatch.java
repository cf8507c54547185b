package io.chronoscope.analysis.window;

import io.chronoscope.rule.Rule;
import java.util.Optional;

/// What a window has to say about a rule.
///
/// @param score how sure the model is that it happens, 0 to 1
/// @param seen when it happens; empty when it does not
/// @param usable whether the model's answer could be used; if not, nothing is known
public record RuleMatch(Rule rule, double score, Optional<Sighting> seen, boolean usable) {

  public RuleMatch {
    if (seen.isPresent() && !usable) {
      throw new IllegalArgumentException("seen by an answer that could not be used");
    }
  }
}
