package io.chronoscope.analysis.question;

import io.chronoscope.analysis.ChunkSample;
import io.chronoscope.analysis.window.EncodedWindow;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result.QuestionAnswer.Span;
import io.chronoscope.domain.StreamClock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Merges what neighboring windows found into spans.
final class AnswerSpans {

  /// In epoch microseconds.
  private record Found(
      long start, long end, long tolerance, double score, Set<ChunkOrigin> chunks) {
    Found merge(Found other) {
      Set<ChunkOrigin> all = new LinkedHashSet<>(chunks);
      all.addAll(other.chunks);
      return new Found(
          Math.min(start, other.start),
          Math.max(end, other.end),
          Math.max(tolerance, other.tolerance),
          Math.max(score, other.score),
          all);
    }
  }

  private final long fromMicros;
  private final long toMicros;
  private final List<Found> found = new ArrayList<>();

  /// Cuts spans to the range.
  ///
  /// @param fromMicros epoch microseconds
  /// @param toMicros epoch microseconds
  AnswerSpans(long fromMicros, long toMicros) {
    this.fromMicros = fromMicros;
    this.toMicros = toMicros;
  }

  /// Adds what was found in one window.
  void add(EncodedWindow window, Sighting sighting, double score) {
    long start = Math.max(fromMicros, window.startMicros() + sighting.startMicros());
    long end = Math.min(toMicros, window.startMicros() + sighting.endMicros());
    if (start <= end && start < toMicros && end >= fromMicros) {
      found.add(
          new Found(
              start,
              end,
              sighting.toleranceMicros(),
              score,
              new LinkedHashSet<>(sighting.chunks())));
    }
  }

  /// The spans by start. Spans that overlap, or lie no further apart than the larger of their
  /// tolerances, are merged.
  List<Span> merged() {
    List<Found> merged = new ArrayList<>();
    found.stream()
        .sorted(Comparator.comparingLong(Found::start).thenComparingLong(Found::end))
        .forEach(next -> {
          if (!merged.isEmpty() && joins(merged.getLast(), next)) {
            merged.add(merged.removeLast().merge(next));
          } else {
            merged.add(next);
          }
        });
    return merged.stream()
        .map(one ->
            new Span(
                StreamClock.ofEpochMicros(one.start),
                StreamClock.ofEpochMicros(one.end),
                Math.ceilDiv(one.tolerance, 1000L),
                one.score,
                ChunkSample.of(one.chunks)))
        .toList();
  }

  private static boolean joins(Found one, Found next) {
    return next.start <= one.end + Math.max(one.tolerance, next.tolerance);
  }
}
