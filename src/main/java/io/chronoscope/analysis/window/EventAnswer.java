package io.chronoscope.analysis.window;

import java.util.List;

/// The model's answer to a question for events, read strictly.
///
/// @param events those that could be read, in the answer's order
/// @param problems what could not be read, each naming its place
public record EventAnswer(List<Told> events, List<String> problems) {

  public EventAnswer {
    events = List.copyOf(events);
    problems = List.copyOf(problems);
  }

  /// An event as told, in microseconds from the first frame that the model was shown.
  public record Told(long startMicros, long endMicros, String description) {}

  static EventAnswer broken(String problem) {
    return new EventAnswer(List.of(), List.of(problem));
  }

  boolean isClean() {
    return problems.isEmpty();
  }
}
