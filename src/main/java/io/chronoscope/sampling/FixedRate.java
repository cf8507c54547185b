package io.chronoscope.sampling;

import java.util.Locale;
import java.util.OptionalLong;

/// A sampling rate that does not depend on what happens in the picture.
///
/// @param fps frames per second, 0.001 to 1000; the mean where the gaps are random
/// @param unevenSeed draws the gaps between frames; empty for even ones
public record FixedRate(double fps, OptionalLong unevenSeed) {

  private static final String UNEVEN = "uneven";
  private static final double UNEVEN_FPS = 2;
  private static final long UNEVEN_SEED = 1;
  private static final double LEAST_FPS = 0.001;
  private static final double MOST_FPS = 1000;

  public FixedRate {
    if (!(fps >= LEAST_FPS && fps <= MOST_FPS)) {
      throw new IllegalArgumentException(
          "a fixed frame rate must be %s to %.0f: %s".formatted(LEAST_FPS, MOST_FPS, fps));
    }
  }

  public static FixedRate even(double fps) {
    return new FixedRate(fps, OptionalLong.empty());
  }

  public static FixedRate uneven(double fps, long seed) {
    return new FixedRate(fps, OptionalLong.of(seed));
  }

  /// Reads frames per second such as `2`, or `uneven[:FPS[:SEED]]` for random gaps.
  ///
  /// @throws IllegalArgumentException when it is neither
  public static FixedRate parse(String text) {
    String[] parts = text.strip().split(":", -1);
    try {
      if (!parts[0].equals(UNEVEN) && parts.length == 1) {
        return even(Double.parseDouble(parts[0]));
      }
      if (parts[0].equals(UNEVEN) && parts.length <= 3) {
        return uneven(
            parts.length > 1 ? Double.parseDouble(parts[1]) : UNEVEN_FPS,
            parts.length > 2 ? Long.parseLong(parts[2]) : UNEVEN_SEED);
      }
    } catch (NumberFormatException e) {
      throw notARate(text);
    }
    throw notARate(text);
  }

  private static IllegalArgumentException notARate(String text) {
    return new IllegalArgumentException(
        "'%s' is neither frames per second nor uneven[:FPS[:SEED]]".formatted(text));
  }

  /// The times at this rate.
  ///
  /// @param anchorMicros the stream's time zero, microseconds since the epoch
  public SampleGrid grid(long anchorMicros) {
    SampleGrid even = SampleGrid.of(anchorMicros, fps);
    return unevenSeed.isPresent() ? even.uneven(unevenSeed.getAsLong()) : even;
  }

  /// As [#parse] reads it.
  @Override
  public String toString() {
    String rate = String.format(Locale.ROOT, "%.4f", fps).replaceAll("\\.?0+$", "");
    if (unevenSeed.isEmpty()) {
      return rate;
    }
    long seed = unevenSeed.getAsLong();
    return seed == UNEVEN_SEED ? UNEVEN + ":" + rate : "%s:%s:%d".formatted(UNEVEN, rate, seed);
  }
}
