package io.chronoscope.analysis.window;

import java.util.List;

/// The model's answer to a question about events.
///
/// @param events the parsed events, in the answer's order
/// @param problems what could not be parsed, each with its position in the answer
/// @param repairs deviations from the expected form whose meaning is certain
public record EventAnswer(List<ParsedEvent> events, List<String> problems, List<String> repairs) {

  public EventAnswer {
    events = List.copyOf(events);
    problems = List.copyOf(problems);
    repairs = List.copyOf(repairs);
  }

  /// An event in microseconds from the first frame of the video.
  ///
  /// @param repaired whether it was read from an answer, or has fields, in another form than the
  ///   expected one
  public record ParsedEvent(
      long startMicros, long endMicros, String description, boolean repaired) {

    boolean sameAs(ParsedEvent other) {
      return startMicros == other.startMicros
          && endMicros == other.endMicros
          && description.equals(other.description);
    }
  }

  static EventAnswer malformed(String problem) {
    return new EventAnswer(List.of(), List.of(problem), List.of());
  }

  /// The same answer, which the token limit cut off: its last event may be missing.
  EventAnswer cutOff(String problem) {
    return new EventAnswer(events, List.of(problem), repairs);
  }

  boolean isClean() {
    return problems.isEmpty();
  }
}
