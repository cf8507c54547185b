package io.chronoscope.cli.events;

import io.chronoscope.cli.console.LocalTimes;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.domain.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Results by recording: a stream that began several times, at different times, has several. Not
/// thread-safe.
final class Recordings {

  /// Offsets are rounded; starts this close are the same.
  private static final Duration SAME = Duration.ofSeconds(1);

  /// @param start of the recording; empty while only rejected records are known of the stream
  record Recording(String stream, Optional<Instant> start, StreamResults results) {

    /// The stream with the date.
    String name(LocalTimes times) {
      return start.map(at -> stream + "  " + times.of(at)).orElse(stream);
    }
  }

  private final Map<String, List<Recording>> byStream = new LinkedHashMap<>();

  void add(Result result) {
    List<Recording> recordings =
        byStream.computeIfAbsent(result.stream(), stream -> new ArrayList<>());
    Optional<Instant> start = start(result);
    recordings.stream()
        .filter(one -> isOf(one, start))
        .findFirst()
        .orElseGet(() -> {
          Recording opened =
              new Recording(result.stream(), start, new StreamResults(result.stream()));
          recordings.add(opened);
          return opened;
        })
        .results()
        .add(result);
  }

  private static boolean isOf(Recording one, Optional<Instant> start) {
    return start.isEmpty()
        ? one.start().isEmpty()
        : one.start()
            .filter(at -> Duration.between(at, start.get()).abs().compareTo(SAME) < 0)
            .isPresent();
  }

  private static Optional<Instant> start(Result result) {
    return switch (result) {
      case Result.Timed timed -> Optional.of(timed.start().minusMillis(timed.startOffsetMs()));
      case Result.StreamEnd end -> Optional.of(end.start());
      case Result.QuestionAnswer answer -> Optional.empty();
      case Result.DeadLetter letter -> Optional.empty();
    };
  }

  boolean isEmpty() {
    return byStream.isEmpty();
  }

  /// In the order of the streams' first results; of one stream the earliest first.
  List<Recording> all() {
    return byStream.values().stream()
        .flatMap(some ->
            some.stream().sorted(Comparator.comparing(one -> one.start().orElse(Instant.MAX))))
        .toList();
  }
}
