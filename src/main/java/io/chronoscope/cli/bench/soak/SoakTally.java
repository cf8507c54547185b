package io.chronoscope.cli.bench.soak;

import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Counts the results of one stream, without retaining them.
final class SoakTally {

  private final Map<Level, Integer> summaries = new EnumMap<>(Level.class);
  private int revisedSummaries;
  private int events;
  private int withdrawn;
  private int gaps;
  private int deadLetters;
  private int unanswered;
  private long analyzedMs;
  private long summaryEndMs = -1;
  private Optional<StreamEnd> end = Optional.empty();

  void add(Result result) {
    switch (result) {
      case Summary summary -> add(summary);
      case VideoEvent event -> {
        events += event.revision() == 1 ? 1 : 0;
        withdrawn += event.status() == Status.WITHDRAWN ? 1 : 0;
      }
      case Gap gap -> gaps += gap.revision() == 1 ? 1 : 0;
      case DeadLetter deadLetter -> deadLetters++;
      case Unanswered window -> unanswered++;
      case StreamEnd ended -> end = Optional.of(ended);
      case Alert alert -> {}
      case QuestionAnswer answer -> {}
    }
  }

  private void add(Summary summary) {
    if (summary.revision() == 1) {
      summaries.merge(summary.level(), 1, Integer::sum);
    } else {
      revisedSummaries++;
    }
    switch (summary.level()) {
      case WINDOW -> analyzedMs = Math.max(analyzedMs, summary.endOffsetMs());
      case STREAM -> summaryEndMs = summary.endOffsetMs();
      case MINUTE, HOUR -> {}
    }
  }

  /// Returns the end of the part that was analyzed, in milliseconds from the stream's start.
  long analyzedMs() {
    return analyzedMs;
  }

  int windows() {
    return summaries.getOrDefault(Level.WINDOW, 0);
  }

  /// Whether no further results follow. The stream's end and its summary are published on two
  /// topics, so either may be read first.
  boolean isComplete() {
    return end.filter(ended -> ended.windows() == 0 || summaryEndMs >= ended.durationMs())
        .isPresent();
  }

  /// Returns the figures by their name in the `--json` output.
  Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    for (Level level : Level.values()) {
      figures.put(
          level.name().toLowerCase(Locale.ROOT) + "Summaries", summaries.getOrDefault(level, 0));
    }
    figures.put("summariesToldAgain", revisedSummaries);
    figures.put("events", events);
    figures.put("eventsWithdrawn", withdrawn);
    figures.put("gaps", gaps);
    figures.put("deadLetters", deadLetters);
    figures.put("unanswered", unanswered);
    figures.put("ended", end.isPresent());
    figures.put("endWindows", end.map(StreamEnd::windows).orElse(0L));
    figures.put("endEvents", end.map(StreamEnd::events).orElse(0L));
    figures.put("endDurationMs", end.map(StreamEnd::durationMs).orElse(0L));
    return figures;
  }
}
