package io.chronoscope.cli.console;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Formats times for people, in a time zone, always with the date.
public final class LocalTimes {

  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private final ZoneId zone;

  public LocalTimes(ZoneId zone) {
    this.zone = zone;
  }

  /// In this machine's time zone.
  public static LocalTimes ofMachine() {
    return new LocalTimes(ZoneId.systemDefault());
  }

  public String of(Instant time) {
    return DATE_TIME.format(time.atZone(zone));
  }

  /// The date stands at the end only where it is another day.
  public String span(Instant start, Instant end) {
    ZonedDateTime from = start.atZone(zone);
    ZonedDateTime to = end.atZone(zone);
    return DATE_TIME.format(from)
        + " – "
        + (from.toLocalDate().equals(to.toLocalDate()) ? TIME : DATE_TIME).format(to);
  }
}
