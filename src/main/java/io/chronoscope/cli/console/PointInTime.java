package io.chronoscope.cli.console;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Parses times as people write them, for every command:
///
/// - RFC 3339, such as `2026-05-04T12:00:00Z`
/// - a date, or a date and a time: `2026-05-04`, `2026-05-04 12:00`
/// - a time of day: `12:00`, `12:00:30.5`; the last one that is not in the future
/// - how long ago: `10m`, `-2h`, `1h30m`, `3d`, `PT2H`; and `now`
///
/// Times without an offset are in this machine's time zone.
public final class PointInTime implements ITypeConverter<Instant> {

  private static final Pattern AGO =
      Pattern.compile("-?(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,7})s)?");

  private static final DateTimeFormatter TIME_OF_DAY =
      new DateTimeFormatterBuilder()
          .appendPattern("H:mm[:ss]")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
          .toFormatter(Locale.ROOT);

  private final Clock clock;

  public PointInTime() {
    this(Clock.systemDefaultZone());
  }

  /// @param clock says what time it is and in which zone
  public PointInTime(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Instant convert(String value) {
    return parse(value)
        .orElseThrow(() ->
            new TypeConversionException(
                "'"
                    + value
                    + "' is not a time such as 12:00, 2026-05-04 12:00, 2026-05-04T12:00:00Z, or"
                    + " 10m for ten minutes ago"));
  }

  /// Returns an empty result for text that is not a time.
  public Optional<Instant> parse(String text) {
    String value = text.strip();
    if (value.equalsIgnoreCase("now")) {
      return Optional.of(now());
    }
    return ago(value)
        .or(() ->
            value.startsWith("P")
                ? DurationConverter.parse(value).map(now()::minus)
                : Optional.empty())
        .or(() -> attempt(() -> OffsetDateTime.parse(value).toInstant()))
        .or(() ->
            attempt(() ->
                LocalDateTime.parse(value.replaceFirst(" ", "T"))
                    .atZone(clock.getZone())
                    .toInstant()))
        .or(() -> attempt(() -> LocalDate.parse(value).atStartOfDay(clock.getZone()).toInstant()))
        .or(() -> attempt(() -> timeOfDay(LocalTime.parse(value, TIME_OF_DAY))));
  }

  private Optional<Instant> ago(String value) {
    Matcher parts = AGO.matcher(value);
    if (value.isEmpty() || value.equals("-") || !parts.matches()) {
      return Optional.empty();
    }
    Duration ago =
        Duration.ofDays(number(parts.group(1)))
            .plusHours(number(parts.group(2)))
            .plusMinutes(number(parts.group(3)))
            .plusSeconds(number(parts.group(4)));
    return attempt(() -> now().minus(ago));
  }

  /// To the millisecond, as times are written.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  private Instant timeOfDay(LocalTime time) {
    LocalDate today = LocalDate.now(clock);
    Instant at = today.atTime(time).atZone(clock.getZone()).toInstant();
    return at.isAfter(clock.instant())
        ? today.minusDays(1).atTime(time).atZone(clock.getZone()).toInstant()
        : at;
  }

  @FunctionalInterface
  private interface Parsing {

    Instant parse();
  }

  private static Optional<Instant> attempt(Parsing parsing) {
    try {
      return Optional.of(parsing.parse());
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
