package io.chronoscope.checkpoint;

/// Bounds on the area of a resized picture, in pixels.
public record PixelLimits(long minPixels, long maxPixels) {

  /// The published limits of a still image: 4 and 16384 tokens of 28×28 pixels.
  public static final PixelLimits OFFICIAL_IMAGE = new PixelLimits(4 * 784, 16384 * 784);

  /// The published limits of one frame of a video: 128 and 768 tokens of 28×28 pixels.
  public static final PixelLimits OFFICIAL_VIDEO_FRAME = new PixelLimits(128 * 784, 768 * 784);

  public PixelLimits {
    if (minPixels <= 0 || maxPixels < minPixels) {
      throw new IllegalArgumentException(
          "pixel limits must be positive and ascending: %d to %d".formatted(minPixels, maxPixels));
    }
  }
}
