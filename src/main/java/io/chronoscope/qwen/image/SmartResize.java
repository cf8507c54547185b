package io.chronoscope.qwen.image;

import io.chronoscope.checkpoint.PixelLimits;
import io.chronoscope.domain.FrameSize;

/// The size to which a picture is scaled: sides are multiples of the merged token's side, the
/// aspect ratio is nearly preserved and the area is within bounds. `smart_resize` of
/// `qwen-vl-utils`.
public final class SmartResize {

  /// Upper bound on the ratio of the longer side to the shorter one.
  public static final int MAX_RATIO = 200;

  private SmartResize() {}

  /// @param factor side of a merged token in pixels (28)
  /// @param maxPixels may be fractional: see [VideoPixels]
  /// @throws IllegalArgumentException when the aspect ratio is above [#MAX_RATIO]
  public static FrameSize fit(
      int heightPx, int widthPx, int factor, double minPixels, double maxPixels) {
    if ((double) Math.max(heightPx, widthPx) / Math.min(heightPx, widthPx) > MAX_RATIO) {
      throw new IllegalArgumentException(
          "the aspect ratio of %dx%d is above %d".formatted(widthPx, heightPx, MAX_RATIO));
    }
    // Math.rint rounds half to even, as Python's round does.
    long height = Math.max(factor, (long) Math.rint((double) heightPx / factor) * factor);
    long width = Math.max(factor, (long) Math.rint((double) widthPx / factor) * factor);
    double area = (double) heightPx * widthPx;
    if (height * width > maxPixels) {
      double beta = Math.sqrt(area / maxPixels);
      height = Math.max(factor, (long) Math.floor(heightPx / beta / factor) * factor);
      width = Math.max(factor, (long) Math.floor(widthPx / beta / factor) * factor);
    } else if (height * width < minPixels) {
      double beta = Math.sqrt(minPixels / area);
      height = (long) Math.ceil(heightPx * beta / factor) * factor;
      width = (long) Math.ceil(widthPx * beta / factor) * factor;
    }
    return new FrameSize(Math.toIntExact(width), Math.toIntExact(height));
  }

  /// As above, for a still image, or for a video frame without a limit set by the number of frames.
  public static FrameSize fit(FrameSize size, int factor, PixelLimits limits) {
    return fit(size.heightPx(), size.widthPx(), factor, limits.minPixels(), limits.maxPixels());
  }
}
