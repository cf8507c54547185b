package io.chronoscope.decode;

import io.chronoscope.decode.MediaDecoder.Display;

/// When a pause between two frames is a gap: the same in every container, whether or not it states
/// for how long a frame is displayed. A camera that stalls and a still picture look alike, and what
/// was not sent was not seen.
///
/// @param usualMicros the video's frame interval, its median; 0 when it is unknown
record StallRule(long usualMicros) {

  /// No shorter pause is a gap.
  static final long MIN_MICROS = 1_000_000;

  private static final int FRAMES = 5;

  boolean isStall(long fromMicros, long untilMicros) {
    return usualMicros > 0 && untilMicros - fromMicros > Math.max(MIN_MICROS, FRAMES * usualMicros);
  }

  boolean isStall(Display display) {
    return isStall(display.fromMicros(), display.untilMicros());
  }
}
