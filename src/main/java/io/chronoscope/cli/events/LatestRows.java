package io.chronoscope.cli.events;

import io.chronoscope.domain.Result;
import io.chronoscope.wire.ResultType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Picks what `--limit` shows: the results that are rows of their own, published last, and what
/// else is known of their streams.
final class LatestRows {

  private LatestRows() {}

  /// @param results in the order in which they were published; revisions of a result are one row
  static List<Result> of(List<Result> results, int limit) {
    Set<String> rows = new HashSet<>();
    Set<String> streams = new HashSet<>();
    for (Result result : results.reversed()) {
      if (rows.size() == limit) {
        break;
      }
      if (isRow(result)) {
        rows.add(key(result));
        streams.add(result.stream());
      }
    }
    return results.stream()
        .filter(result ->
            isRow(result) ? rows.contains(key(result)) : streams.contains(result.stream()))
        .toList();
  }

  private static String key(Result result) {
    return ResultType.of(result) + "/" + result.id();
  }

  private static boolean isRow(Result result) {
    return switch (result) {
      case Result.VideoEvent _, Result.Alert _, Result.Gap _, Result.DeadLetter _ -> true;
      case Result.Summary _, Result.Unanswered _, Result.StreamEnd _, Result.QuestionAnswer _ ->
          false;
    };
  }
}
