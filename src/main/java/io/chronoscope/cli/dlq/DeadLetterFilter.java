package io.chronoscope.cli.dlq;

import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.domain.Rejection.Reason;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Which dead letters are meant.
final class DeadLetterFilter implements Predicate<Letter> {

  @Option(names = "--stream", paramLabel = "ID", description = "Only of this stream.")
  Optional<String> stream = Optional.empty();

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Only refused for this reason, such as reference_missing.")
  Optional<Reason> reason = Optional.empty();

  @Option(
      names = "--since",
      paramLabel = "T",
      converter = Since.class,
      description = "Only refused since then: 2h, 30m, or 2026-05-04T12:00:00Z.")
  Optional<Instant> since = Optional.empty();

  @Override
  public boolean test(Letter letter) {
    return stream.map(letter.letter().stream()::equals).orElse(true)
        && reason.map(letter.letter().rejection().reason()::equals).orElse(true)
        && since.map(from -> !letter.at().isBefore(from)).orElse(true);
  }

  static final class Since implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String value) {
      try {
        if (value.contains("T") && value.contains("-")) {
          return Instant.parse(value);
        }
        Duration ago = DurationConverter.parseDuration(value);
        if (ago != null && !ago.isNegative()) {
          return Instant.now().minus(ago);
        }
      } catch (DateTimeException | IllegalArgumentException e) {
        // Said below.
      }
      throw new TypeConversionException(
          "'"
              + value
              + "' is neither a length of time such as 2h nor a time such as"
              + " 2026-05-04T12:00:00Z");
    }
  }
}
