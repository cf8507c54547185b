package io.chronoscope.qwen.image;

/// Selects frames of a whole video at a requested rate, as `smart_nframes` and the frame readers of
/// `qwen-vl-utils` do.
public final class FrameSelection {

  public static final int MIN_FRAMES = 4;
  public static final int MAX_FRAMES = 768;
  private static final int FACTOR = 2;

  private FrameSelection() {}

  /// Number of frames to select, always even.
  ///
  /// @throws IllegalArgumentException when it would be zero, or more than the video has
  public static int count(
      long totalFrames, double videoFps, double fps, int minFrames, int maxFrames) {
    double low = Math.ceil((double) minFrames / FACTOR) * FACTOR;
    double high = Math.floor((double) Math.min(maxFrames, totalFrames) / FACTOR) * FACTOR;
    double wanted = totalFrames / videoFps * fps;
    double clamped = Math.min(Math.min(Math.max(wanted, low), high), totalFrames);
    double count = Math.floor(clamped / FACTOR) * FACTOR;
    if (!(count >= FACTOR && count <= totalFrames)) {
      throw new IllegalArgumentException(
          "%d frames at %s fps cannot be sampled at %s fps".formatted(totalFrames, videoFps, fps));
    }
    return (int) count;
  }

  /// As above, with the published bounds [#MIN_FRAMES] and [#MAX_FRAMES].
  public static int count(long totalFrames, double videoFps, double fps) {
    return count(totalFrames, videoFps, fps, MIN_FRAMES, MAX_FRAMES);
  }

  /// Indices of `count` frames spaced evenly from `first` to `last` (inclusive): `torch.linspace`
  /// and `round` (half to even), in float32 as there. The reference computes each half of the range
  /// from its own end with a fused multiply-add; double arithmetic selects other frames in long
  /// videos.
  public static long[] indices(long first, long last, int count) {
    if (count < 1 || last < first) {
      throw new IllegalArgumentException(
          "cannot select %d frames from %d to %d".formatted(count, first, last));
    }
    long[] indices = new long[count];
    float start = first;
    float end = last;
    float step = count == 1 ? 0 : (end - start) / (count - 1);
    for (int i = 0; i < count; i++) {
      float index =
          i < count / 2 || count == 1
              ? Math.fma(step, i, start)
              : Math.fma(-step, (float) (count - 1 - i), end);
      indices[i] = (long) Math.rint(index);
    }
    return indices;
  }

  /// Effective frames per second of a selection, which rarely equals the requested rate.
  public static double sampleFps(int count, long totalFrames, double videoFps) {
    return count / (double) totalFrames * videoFps;
  }
}
