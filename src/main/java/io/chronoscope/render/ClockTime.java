package io.chronoscope.render;

import java.util.Locale;

/// Formats offsets from a stream's start for people.
public final class ClockTime {

  private ClockTime() {}

  /// Formats as `mm:ss.ff`, from the first hour on as `h:mm:ss.ff`: the format of the model's own
  /// answers.
  public static String precise(long millis) {
    long hundredths = Math.round(millis / 10.0);
    long minutes = hundredths / 6000;
    String seconds =
        String.format(Locale.ROOT, "%02d.%02d", hundredths / 100 % 60, hundredths % 100);
    return minutes < 60
        ? String.format(Locale.ROOT, "%02d:%s", minutes, seconds)
        : String.format(Locale.ROOT, "%d:%02d:%s", minutes / 60, minutes % 60, seconds);
  }

  /// Formats as `mm:ss`, from the first hour on as `h:mm:ss`, rounded down.
  public static String coarse(long millis) {
    long seconds = millis / 1000;
    return seconds < 3600
        ? String.format(Locale.ROOT, "%02d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
