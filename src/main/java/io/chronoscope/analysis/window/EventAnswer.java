package io.chronoscope.analysis.window;

import io.chronoscope.vlm.Answer;
import java.util.List;
import java.util.Optional;

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
  /// @param likelihood of its words and times; empty if the model reports no probabilities
  /// @param boxes where it is in the picture that the model was shown
  public record ParsedEvent(
      long startMicros,
      long endMicros,
      String description,
      boolean repaired,
      Optional<Likelihood> likelihood,
      List<ParsedBox> boxes) {

    public ParsedEvent {
      boxes = List.copyOf(boxes);
    }

    public ParsedEvent(long startMicros, long endMicros, String description, boolean repaired) {
      this(startMicros, endMicros, description, repaired, Optional.empty(), List.of());
    }

    ParsedEvent withLikelihood(Optional<Likelihood> known) {
      return new ParsedEvent(startMicros, endMicros, description, repaired, known, boxes);
    }

    /// The same event, placed in the picture.
    ParsedEvent withBoxes(AnswerBoxes known) {
      return new ParsedEvent(
          startMicros,
          endMicros,
          description,
          repaired || !known.expectedForm(),
          likelihood,
          known.boxes());
    }

    boolean sameAs(ParsedEvent other) {
      return startMicros == other.startMicros
          && endMicros == other.endMicros
          && description.equals(other.description);
    }
  }

  /// A box of a picture that the model was shown, in its pixels.
  ///
  /// @param micros from the first frame of the video
  public record ParsedBox(long micros, double left, double top, double right, double bottom) {}

  static EventAnswer malformed(String problem) {
    return new EventAnswer(List.of(), List.of(problem), List.of());
  }

  /// The same answer with the likelihood of its events.
  ///
  /// @param answer that was parsed
  EventAnswer weighed(Answer answer) {
    Likelihood.Reader reader = new Likelihood.Reader(answer);
    return new EventAnswer(
        events.stream()
            .map(event -> event.withLikelihood(reader.next(event.description())))
            .toList(),
        problems,
        repairs);
  }

  /// The same answer, which the token limit cut off: its last event may be missing.
  EventAnswer cutOff(String problem) {
    return new EventAnswer(events, List.of(problem), repairs);
  }

  boolean isClean() {
    return problems.isEmpty();
  }
}
