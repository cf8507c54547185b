package io.chronoscope.analysis.question;

import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.analysis.window.WindowView;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result.QuestionAnswer.Span;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Makes one span of what neighbouring windows say about the same thing.
final class AnswerSpans {

  private record Found(
      long start, long end, long tolerance, double score, Set<ChunkOrigin> chunks) {
    Found with(Found other) {
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

  /// @param fromMicros absolute; what is found is cut there, and at `toMicros`
  AnswerSpans(long fromMicros, long toMicros) {
    this.fromMicros = fromMicros;
    this.toMicros = toMicros;
  }

  /// What one window saw.
  void add(WindowView view, Sighting sighting, double score) {
    long start = Math.max(fromMicros, view.startMicros() + sighting.startMicros());
    long end = Math.min(toMicros, view.startMicros() + sighting.endMicros());
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

  /// By start; what overlaps, or lies no further apart than either may be off, is one.
  List<Span> merged() {
    List<Found> merged = new ArrayList<>();
    found.stream()
        .sorted(Comparator.comparingLong(Found::start).thenComparingLong(Found::end))
        .forEach(next -> {
          if (!merged.isEmpty() && joins(merged.getLast(), next)) {
            merged.add(merged.removeLast().with(next));
          } else {
            merged.add(next);
          }
        });
    return merged.stream()
        .map(one ->
            new Span(
                instant(one.start),
                instant(one.end),
                Math.ceilDiv(one.tolerance, 1000L),
                one.score,
                ChunkSample.of(one.chunks)))
        .toList();
  }

  private static boolean joins(Found one, Found next) {
    return next.start <= one.end + Math.max(one.tolerance, next.tolerance);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
