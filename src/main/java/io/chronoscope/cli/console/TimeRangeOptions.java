package io.chronoscope.cli.console;

import io.chronoscope.config.ConfigurationException;
import java.time.Instant;
import picocli.CommandLine.Option;

/// Options of every command on a time range of retained video.
public final class TimeRangeOptions {

  @Option(
      names = "--from",
      paramLabel = "T",
      required = true,
      converter = PointInTime.class,
      description = {
        "Start of the time range, such as",
        "2026-05-04T12:00:00Z, 12:00, or 10m for ten minutes ago."
      })
  Instant from = Instant.EPOCH;

  @Option(
      names = "--to",
      paramLabel = "T",
      required = true,
      converter = PointInTime.class,
      description = "End of the time range.")
  Instant to = Instant.EPOCH;

  /// @throws ConfigurationException unless it is a range
  public void check() {
    if (!from.isBefore(to)) {
      throw new ConfigurationException("--from (%s) is not before --to (%s)".formatted(from, to));
    }
  }

  public Instant from() {
    return from;
  }

  /// Not part of the range.
  public Instant to() {
    return to;
  }
}
