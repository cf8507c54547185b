package io.chronoscope.qwen.image;

import io.chronoscope.checkpoint.PixelLimits;

/// How many pixels a frame of a video may have, given how many frames there are. `fetch_video` of
/// `qwen-vl-utils`.
public final class VideoPixels {

  /// All frames of a video together: 90 % of 128,000 tokens of 28×28 pixels.
  public static final long TOTAL = 90_316_800;

  private VideoPixels() {}

  /// The most pixels a frame may have; may be fractional. The smallest allowed area goes before the
  /// total: very long videos exceed it rather than show nothing.
  public static double maxPixelsPerFrame(int frames, PixelLimits videoFrame) {
    if (frames <= 0) {
      throw new IllegalArgumentException("a video of " + frames + " frames");
    }
    double share = (double) TOTAL / frames * 2;
    double cap =
        Math.max(
            Math.min(PixelLimits.OFFICIAL_VIDEO_FRAME.maxPixels(), share),
            (long) (videoFrame.minPixels() * 1.05));
    return Math.min(cap, videoFrame.maxPixels());
  }
}
