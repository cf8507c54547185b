package io.chronoscope.analysis.window;

import java.util.List;

/// The model's answer to a question about events, parsed strictly.
///
/// @param events the parsed events, in the answer's order
/// @param problems what could not be parsed, each with its position in the answer
public record EventAnswer(List<ParsedEvent> events, List<String> problems) {

  public EventAnswer {
    events = List.copyOf(events);
    problems = List.copyOf(problems);
  }

  /// An event in microseconds from the first frame of the video.
  public record ParsedEvent(long startMicros, long endMicros, String description) {}

  static EventAnswer malformed(String problem) {
    return new EventAnswer(List.of(), List.of(problem));
  }

  boolean isClean() {
    return problems.isEmpty();
  }
}
