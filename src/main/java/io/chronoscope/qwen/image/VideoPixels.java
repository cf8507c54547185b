package io.chronoscope.qwen.image;

import io.chronoscope.checkpoint.PixelLimits;

/// Upper bound on the pixels of a video frame, given the number of frames. `fetch_video` of
/// `qwen-vl-utils`.
public final class VideoPixels {

  /// Bound on all frames of a video together: 90 % of 128,000 tokens of 28×28 pixels.
  public static final long TOTAL = 90_316_800;

  private VideoPixels() {}

  /// Upper bound on the pixels of one frame; may be fractional. The minimum area takes precedence
  /// over the total: very long videos exceed the total rather than become unreadable.
  public static double maxPixelsPerFrame(int frames, PixelLimits videoFrame) {
    if (frames <= 0) {
      throw new IllegalArgumentException("a video must have frames, not " + frames);
    }
    double share = (double) TOTAL / frames * 2;
    double cap =
        Math.max(
            Math.min(PixelLimits.OFFICIAL_VIDEO_FRAME.maxPixels(), share),
            (long) (videoFrame.minPixels() * 1.05));
    return Math.min(cap, videoFrame.maxPixels());
  }
}
