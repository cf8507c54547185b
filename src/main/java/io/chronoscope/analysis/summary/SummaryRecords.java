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

/// How summaries of one stream are named and written.
///
/// @param start from which the stream counts
public record SummaryRecords(String stream, Instant start, ModelRef model) {

  /// Number of a look at what was missed and came late: it stands beside the windows around it.
  public static long repair(long startMicros) {
    return -1 - startMicros;
  }

  /// @param number of the window (or [#repair]), minute or hour
  String id(Level level, long number) {
    if (number < 0) {
      return StableIds.of("sum", stream, start, "repair", repair(number));
    }
    return switch (level) {
      case WINDOW -> StableIds.of("sum", stream, start, "window", number);
      case MINUTE -> StableIds.of("sum", stream, start, "minute", number);
      case HOUR -> StableIds.of("sum", stream, start, "hour", number);
      case STREAM -> StableIds.of("sum", stream, start, "stream");
    };
  }

  /// Of what a summary rests on.
  ///
  /// @param below the level below its own
  List<String> ids(Level below, PublishedSummary told) {
    return told.parts().stream().map(number -> id(below, number)).toList();
  }

  /// @param text in full
  Summary of(Level level, PublishedSummary told, String text, List<String> restsOn) {
    return new Summary(
        id(level, told.number()),
        told.revision(),
        level,
        stream,
        TimeSpan.of(new StreamClock(start), told.startMicros(), told.endMicros()),
        text,
        new Provenance(model, told.sampling()),
        restsOn);
  }
}
