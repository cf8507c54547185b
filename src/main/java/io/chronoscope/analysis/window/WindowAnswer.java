package io.chronoscope.analysis.window;

import io.chronoscope.domain.Sampling;
import java.util.List;
import java.util.Optional;

/// What the model answered about one window.
///
/// @param events the events that could be parsed
/// @param problem what could not be parsed, even after asking again
/// @param unusableText the answer that could not be parsed; empty when there is no problem
/// @param summary the window in the model's words; blank when it gave none
/// @param rules one evaluation for each rule evaluated
public record WindowAnswer(
    SeenSpan span,
    Sampling sampling,
    List<Sighting> events,
    Optional<String> problem,
    String unusableText,
    String summary,
    List<RuleEvaluation> rules) {

  public WindowAnswer {
    events = List.copyOf(events);
    rules = List.copyOf(rules);
  }

  /// The same about a window of which this much is damaged.
  public WindowAnswer withDamage(long millis) {
    return new WindowAnswer(
        span, sampling.withDamage(millis), events, problem, unusableText, summary, rules);
  }
}
