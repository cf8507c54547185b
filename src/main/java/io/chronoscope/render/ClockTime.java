package io.chronoscope.render;

import java.util.Locale;

/// Times as people read them.
public final class ClockTime {

  private ClockTime() {}

  /// `mm:ss.ff`, with hours in front from the first hour on; the model's own format.
  public static String precise(long millis) {
    long hundredths = Math.round(millis / 10.0);
    long minutes = hundredths / 6000;
    String rest = String.format(Locale.ROOT, "%02d.%02d", hundredths / 100 % 60, hundredths % 100);
    return minutes < 60
        ? String.format(Locale.ROOT, "%02d:%s", minutes, rest)
        : String.format(Locale.ROOT, "%d:%02d:%s", minutes / 60, minutes % 60, rest);
  }

  /// `mm:ss` or `h:mm:ss`, rounded down.
  public static String coarse(long millis) {
    long seconds = millis / 1000;
    return seconds < 3600
        ? String.format(Locale.ROOT, "%02d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
