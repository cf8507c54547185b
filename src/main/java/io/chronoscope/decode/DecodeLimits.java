package io.chronoscope.decode;

import java.time.Duration;
import java.util.Optional;

/// Limits beyond which a segment is rejected, and what its envelope says of it.
///
/// @param maxPixels of one picture; checked before the first one is decoded
/// @param maxDuration of the segment
/// @param maxFrames decoded frames
/// @param maxDamage damage that lasts longer is a gap
/// @param statedDuration of the segment by its envelope: tells where a segment begins whose first
///   packets cannot be read
public record DecodeLimits(
    long maxPixels,
    Duration maxDuration,
    long maxFrames,
    Duration maxDamage,
    Optional<Duration> statedDuration) {

  public static final Duration DEFAULT_MAX_DAMAGE = Duration.ofMillis(500);

  public static final DecodeLimits DEFAULTS =
      new DecodeLimits(8192L * 4320, Duration.ofMinutes(10), 120_000);

  /// For a file or a source of the user's own: only the size of one picture is limited.
  public static final DecodeLimits PICTURE_SIZE_ONLY =
      new DecodeLimits(DEFAULTS.maxPixels(), Duration.ofDays(3650), Long.MAX_VALUE);

  /// The limits for any segment.
  public DecodeLimits(long maxPixels, Duration maxDuration, long maxFrames, Duration maxDamage) {
    this(maxPixels, maxDuration, maxFrames, maxDamage, Optional.empty());
  }

  /// The same for a segment whose envelope states a duration.
  public DecodeLimits withStatedDuration(Optional<Duration> stated) {
    return new DecodeLimits(maxPixels, maxDuration, maxFrames, maxDamage, stated);
  }

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
