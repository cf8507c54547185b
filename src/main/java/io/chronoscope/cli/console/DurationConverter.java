package io.chronoscope.cli.console;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Parses durations as the settings do: `30s`, `10m`, `PT1H`.
public final class DurationConverter implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String value) {
    return parse(value)
        .orElseThrow(() ->
            new TypeConversionException("'" + value + "' is not a duration such as 30s or 10m"));
  }

  /// Returns an empty result for text that is not a duration, and for negative durations.
  public static Optional<Duration> parse(String text) {
    try {
      return Optional.ofNullable(
              io.quarkus.runtime.configuration.DurationConverter.parseDuration(text))
          .filter(duration -> !duration.isNegative());
    } catch (DateTimeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
