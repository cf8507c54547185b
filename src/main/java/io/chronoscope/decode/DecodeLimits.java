package io.chronoscope.decode;

import java.time.Duration;

/// Limits beyond which a segment is rejected.
///
/// @param maxPixels of one picture; checked before the first one is decoded
/// @param maxDuration of the segment
/// @param maxFrames decoded frames
public record DecodeLimits(long maxPixels, Duration maxDuration, long maxFrames) {

  public static final DecodeLimits DEFAULTS =
      new DecodeLimits(8192L * 4320, Duration.ofMinutes(10), 120_000);

  public DecodeLimits {
    if (maxPixels <= 0 || maxFrames <= 0 || !maxDuration.isPositive()) {
      throw new IllegalArgumentException(
          "decode limits must be positive: %d pixels, %s, %d frames"
              .formatted(maxPixels, maxDuration, maxFrames));
    }
  }
}
