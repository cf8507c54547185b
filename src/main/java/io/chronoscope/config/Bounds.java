package io.chronoscope.config;

import io.chronoscope.qwen.decoder.StepSettings;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.util.Locale;
import org.eclipse.microprofile.config.spi.Converter;

/// Converters that also check bounds, so that the message about an invalid value names its key and
/// the value.
final class Bounds {

  private Bounds() {}

  private static long number(String value) {
    try {
      return Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a whole number", e);
    }
  }

  private static long within(String value, long least, long most) {
    long number = number(value);
    if (number < least || number > most) {
      throw new IllegalArgumentException("not between " + least + " and " + most);
    }
    return number;
  }

  private static double decimal(String value) {
    try {
      return Double.parseDouble(value.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a number", e);
    }
  }

  /// Whether something is so. Other words than these are not taken for no.
  public static final class Flag implements Converter<Boolean> {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean convert(String value) {
      return switch (value.strip().toLowerCase(Locale.ROOT)) {
        case "true", "yes", "y", "on", "1" -> true;
        case "false", "no", "n", "off", "0" -> false;
        default -> throw new IllegalArgumentException("neither true nor false");
      };
    }
  }

  public static final class PositiveInt implements Converter<Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public Integer convert(String value) {
      return (int) within(value, 1, Integer.MAX_VALUE);
    }
  }

  public static final class NotNegativeInt implements Converter<Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public Integer convert(String value) {
      return (int) within(value, 0, Integer.MAX_VALUE);
    }
  }

  public static final class PositiveLong implements Converter<Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long convert(String value) {
      return within(value, 1, Long.MAX_VALUE);
    }
  }

  /// What an index of OpenSearch may be called.
  public static final class IndexName implements Converter<String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String convert(String value) {
      if (!value.strip().matches("[a-z0-9][a-z0-9-]{0,99}")) {
        throw new IllegalArgumentException("not 1 to 100 lowercase letters, digits and hyphens");
      }
      return value.strip();
    }
  }

  /// As many as OpenSearch allows.
  public static final class Shards implements Converter<Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public Integer convert(String value) {
      return (int) within(value, 1, 1_024);
    }
  }

  public static final class DraftTokens implements Converter<Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public Integer convert(String value) {
      return (int) within(value, 0, StepSettings.MAX_DRAFT_TOKENS);
    }
  }

  /// A port number; 0 picks any free port.
  public static final class Port implements Converter<Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public Integer convert(String value) {
      return (int) within(value, 0, 65_535);
    }
  }

  public static final class Fps implements Converter<Double> {
    private static final long serialVersionUID = 1L;

    @Override
    public Double convert(String value) {
      double fps = decimal(value);
      if (!(fps > 0 && fps <= 120)) {
        throw new IllegalArgumentException("not greater than 0 and at most 120");
      }
      return fps;
    }
  }

  public static final class ColorDifference implements Converter<Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public Integer convert(String value) {
      return (int) within(value, 0, 255);
    }
  }

  public static final class Confidence implements Converter<Double> {
    private static final long serialVersionUID = 1L;

    @Override
    public Double convert(String value) {
      double confidence = decimal(value);
      if (!(confidence >= 0 && confidence <= 1)) {
        throw new IllegalArgumentException("not a confidence from 0 to 1");
      }
      return confidence;
    }
  }

  public static final class Similarity implements Converter<Double> {
    private static final long serialVersionUID = 1L;

    @Override
    public Double convert(String value) {
      double similarity = decimal(value);
      if (!(similarity > 0 && similarity <= 1)) {
        throw new IllegalArgumentException("not a similarity above 0 and at most 1");
      }
      return similarity;
    }
  }

  public static final class NotNegativeDuration implements Converter<Duration> {
    private static final long serialVersionUID = 1L;

    @Override
    public Duration convert(String value) {
      Duration duration = DurationConverter.parseDuration(value.strip());
      if (duration == null || duration.isNegative()) {
        throw new IllegalArgumentException("not a duration such as 0s, 500ms or 10s");
      }
      return duration;
    }
  }

  public static final class PositiveDuration implements Converter<Duration> {
    private static final long serialVersionUID = 1L;

    @Override
    public Duration convert(String value) {
      Duration duration = DurationConverter.parseDuration(value.strip());
      if (duration == null || !duration.isPositive()) {
        throw new IllegalArgumentException("not a positive duration such as 500ms, 30s or 10m");
      }
      return duration;
    }
  }
}
