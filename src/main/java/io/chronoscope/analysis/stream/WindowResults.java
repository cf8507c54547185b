package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.summary.SummaryTree;
import io.chronoscope.analysis.window.SeenSpan;
import io.chronoscope.analysis.window.WindowAnswer;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.TimeSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Extracts from a window's answer what concerns this window alone: its summary, and the questions
/// that the model did not answer.
record WindowResults(String stream, StreamClock clock, ModelRef model) {

  /// The parts of an answer that could not be used.
  List<Unanswered> unanswered(WindowAnswer answer) {
    List<Unanswered> unanswered = new ArrayList<>();
    answer.problem().ifPresent(problem -> unanswered.add(unanswered(answer, "events", problem)));
    if (answer.summary().isBlank()) {
      unanswered.add(unanswered(answer, "summary", "the model gave no summary"));
    }
    return unanswered;
  }

  private Unanswered unanswered(WindowAnswer answer, String question, String problem) {
    SeenSpan span = answer.span();
    return new Unanswered(
        StableIds.of("una", stream, clock.start(), question, span.window()),
        stream,
        TimeSpan.of(clock, span.firstMicros(), span.untilMicros()),
        question + ": " + problem,
        answer.unusableText(),
        new Provenance(model, answer.sampling()));
  }

  /// @param startMicros start of the window, from the stream's start
  /// @param events the events that it revised
  /// @return empty when the model gave no summary
  Optional<SummaryTree.Window> summary(
      WindowAnswer answer, long startMicros, List<VideoEvent> events) {
    SeenSpan span = answer.span();
    return answer.summary().isBlank()
        ? Optional.empty()
        : Optional.of(
            new SummaryTree.Window(
                span.window(),
                startMicros,
                span.firstMicros(),
                span.untilMicros(),
                answer.summary(),
                answer.sampling(),
                events.stream().map(VideoEvent::id).toList()));
  }
}
