package io.chronoscope.vision;

/// Which frames of a whole video are shown to the model when a rate is asked for. `smart_nframes`
/// and the readers of `qwen-vl-utils`.
public final class FrameSelection {

  public static final int MIN_FRAMES = 4;
  public static final int MAX_FRAMES = 768;

  private FrameSelection() {}

  /// The even number of frames to take.
  ///
  /// @throws IllegalArgumentException when there are fewer than two
  public static int count(
      long totalFrames, double videoFps, double fps, int minFrames, int maxFrames) {
    throw new UnsupportedOperationException();
  }

  /// Indices of `count` frames spread from `first` to `last`, both included.
  public static long[] indices(long first, long last, int count) {
    throw new UnsupportedOperationException();
  }

  /// Frames a second that the selection amounts to; rarely exactly what was asked for.
  public static double sampleFps(int count, long totalFrames, double videoFps) {
    return count / (double) totalFrames * videoFps;
  }
}
