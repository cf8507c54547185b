package io.chronoscope.cli.dlq;

import io.chronoscope.cli.console.DurationConverter;
import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.domain.Rejection.Reason;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

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
      converter = SinceConverter.class,
      description = "Only records rejected since then: 2h, 30m, or 2026-05-04T12:00:00Z.")
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

  /// Parses a point in time, or a duration before now.
  static final class SinceConverter implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String value) {
      return parse(value)
          .orElseThrow(() ->
              new TypeConversionException(
                  "'%s' is neither a duration such as 2h nor a time such as 2026-05-04T12:00:00Z"
                      .formatted(value)));
    }

    private static Optional<Instant> parse(String value) {
      if (!value.contains("T") || !value.contains("-")) {
        return DurationConverter.parse(value).map(Instant.now()::minus);
      }
      try {
        return Optional.of(Instant.parse(value));
      } catch (DateTimeParseException e) {
        return Optional.empty();
      }
    }
  }
}
