package io.chronoscope.analysis.summary;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamState.PublishedSummary;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.TimeSpan;
import java.time.Instant;
import java.util.List;

/// Creates the summaries of one stream as results, and their ids.
///
/// @param start the stream's start
public record SummaryFactory(String stream, Instant start, ModelRef model) {

  /// Number of a repaired gap, which has a summary of its own beside those of the windows.
  ///
  /// @param startMicros start of the gap, in microseconds from the stream's start
  /// @return negative, unlike any window's number
  public static long repairNumber(long startMicros) {
    return -1 - startMicros;
  }

  private static long repairedMicros(long number) {
    return -1 - number;
  }

  /// @param number of the window (or [#repairNumber]), minute or hour
  String id(Level level, long number) {
    if (number < 0) {
      return StableIds.of("sum", stream, start, "repair", repairedMicros(number));
    }
    return switch (level) {
      case WINDOW -> StableIds.of("sum", stream, start, "window", number);
      case MINUTE -> StableIds.of("sum", stream, start, "minute", number);
      case HOUR -> StableIds.of("sum", stream, start, "hour", number);
      case STREAM -> StableIds.of("sum", stream, start, "stream");
    };
  }

  /// Ids of the summaries that a summary is based on.
  ///
  /// @param below the level below the summary's own
  List<String> partIds(Level below, PublishedSummary summary) {
    return summary.parts().stream().map(number -> id(below, number)).toList();
  }

  /// @param text in full
  Summary create(Level level, PublishedSummary summary, String text, List<String> restsOn) {
    return new Summary(
        id(level, summary.number()),
        summary.revision(),
        level,
        stream,
        TimeSpan.of(new StreamClock(start), summary.startMicros(), summary.endMicros()),
        text,
        new Provenance(model, summary.sampling()),
        restsOn);
  }
}
