package io.chronoscope.search.query;

/// Which hits a search shows.
public enum Cut {
  /// Those that are likely enough to be what was meant.
  CALIBRATED,
  /// All, however unlikely: for fitting the calibration itself.
  NONE
}
