package io.chronoscope.cli.console;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Parses a number of seconds, with or without a fraction, that is above zero and below a day.
public final class SecondsConverter implements ITypeConverter<Duration> {

  private static final double DAY = 86_400;

  @Override
  public Duration convert(String value) {
    try {
      double seconds = Double.parseDouble(value);
      if (seconds > 0 && seconds < DAY) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new TypeConversionException(
        "'%s' is not a number of seconds above 0 and below 86400".formatted(value));
  }
}
