package io.chronoscope.live;

/// Whose clock gives the chunks of live sources their times.
public enum TimeSource {
  /// The source's own where it has one, else when its video arrives.
  SOURCE,
  /// When video arrives, for sources whose clocks are wrong.
  ARRIVAL
}
