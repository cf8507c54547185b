package io.chronoscope.analysis.window;

import io.chronoscope.domain.Sampling;
import java.util.List;
import java.util.Optional;

/// What a window's frames gave.
///
/// @param events as far as they could be read
/// @param problem what could not be used although it was asked twice
/// @param lastWords the answer that could not be used; empty when there is no problem
/// @param summary the window in the model's words; blank when it said nothing
/// @param rules what was found of the rules that were judged
public record WindowAnswer(
    SeenSpan span,
    Sampling sampling,
    List<Sighting> events,
    Optional<String> problem,
    String lastWords,
    String summary,
    List<RuleMatch> rules) {

  public WindowAnswer {
    events = List.copyOf(events);
    rules = List.copyOf(rules);
  }
}
