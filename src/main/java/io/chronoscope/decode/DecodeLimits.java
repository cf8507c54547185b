package io.chronoscope.decode;

import java.time.Duration;

/// What a segment may cost before it is refused.
///
/// @param maxPixels of one picture, checked before the first is decoded
/// @param maxDuration of the segment
/// @param maxFrames decoded frames
public record DecodeLimits(long maxPixels, Duration maxDuration, long maxFrames) {

  public static final DecodeLimits DEFAULTS =
      new DecodeLimits(8192L * 4320, Duration.ofMinutes(10), 120_000);

  public DecodeLimits {
    if (maxPixels <= 0 || maxFrames <= 0 || !maxDuration.isPositive()) {
      throw new IllegalArgumentException("decode limits must be positive");
    }
  }
}
