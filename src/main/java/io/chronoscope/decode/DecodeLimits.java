package io.chronoscope.decode;

import java.time.Duration;

/// Limits beyond which a segment is rejected.
///
/// @param maxPixels of one picture; checked before the first one is decoded
/// @param maxDuration of the segment
/// @param maxFrames decoded frames
/// @param maxDamage damage that lasts longer is a gap
public record DecodeLimits(
    long maxPixels, Duration maxDuration, long maxFrames, Duration maxDamage) {

  public static final Duration DEFAULT_MAX_DAMAGE = Duration.ofMillis(500);

  public static final DecodeLimits DEFAULTS =
      new DecodeLimits(8192L * 4320, Duration.ofMinutes(10), 120_000);

  /// For a file or a source of the user's own: only the size of one picture is limited.
  public static final DecodeLimits PICTURE_SIZE_ONLY =
      new DecodeLimits(DEFAULTS.maxPixels(), Duration.ofDays(3650), Long.MAX_VALUE);

  /// Limits with the default for damage.
  public DecodeLimits(long maxPixels, Duration maxDuration, long maxFrames) {
    this(maxPixels, maxDuration, maxFrames, DEFAULT_MAX_DAMAGE);
  }

  public DecodeLimits {
    if (maxPixels <= 0 || maxFrames <= 0 || !maxDuration.isPositive() || maxDamage.isNegative()) {
      throw new IllegalArgumentException(
          "decode limits must be positive: %d pixels, %s, %d frames"
              .formatted(maxPixels, maxDuration, maxFrames));
    }
  }
}
