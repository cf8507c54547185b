package io.chronoscope.cli.dlq;

import io.chronoscope.cli.console.PointInTime;
import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.domain.Rejection.Reason;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/// Options that select dead letters.
final class DeadLetterFilter implements Predicate<Letter> {

  @Option(names = "--stream", paramLabel = "ID", description = "Only dead letters of this stream.")
  Optional<String> stream = Optional.empty();

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Only records rejected for this reason, such as reference_missing.")
  Optional<Reason> reason = Optional.empty();

  @Option(
      names = "--since",
      paramLabel = "T",
      converter = PointInTime.class,
      description = "Only records rejected since then: 2h ago, 12:00, or 2026-05-04T12:00:00Z.")
  Optional<Instant> since = Optional.empty();

  boolean isEmpty() {
    return stream.isEmpty() && reason.isEmpty() && since.isEmpty();
  }

  @Override
  public boolean test(Letter deadLetter) {
    return stream.map(deadLetter.letter().stream()::equals).orElse(true)
        && reason.map(deadLetter.letter().rejection().reason()::equals).orElse(true)
        && since.map(from -> !deadLetter.at().isBefore(from)).orElse(true);
  }
}
