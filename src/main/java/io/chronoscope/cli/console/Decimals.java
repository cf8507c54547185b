package io.chronoscope.cli.console;

import java.util.Locale;

/// Formats numbers the same in every locale.
public final class Decimals {

  private Decimals() {}

  /// Rounds to a fixed number of digits after the decimal point.
  public static String of(double number, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", number);
  }
}
