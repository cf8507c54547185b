package io.chronoscope.vision;

/// Where the tokens of a prompt stand in time, height and width.
public final class MropePositions {

  private MropePositions() {}

  /// @param tokensPerSecond temporal positions a second, from the checkpoint
  public static Builder builder(double tokensPerSecond) {
    return new Builder(tokensPerSecond);
  }

  /// Tokens placed.
  public int tokens() {
    throw new UnsupportedOperationException();
  }

  /// `[tokens]`. A copy, as the other two.
  public long[] time() {
    throw new UnsupportedOperationException();
  }

  public long[] height() {
    throw new UnsupportedOperationException();
  }

  public long[] width() {
    throw new UnsupportedOperationException();
  }

  /// Where the first generated token stands, on all axes: the largest position + 1.
  public long next() {
    throw new UnsupportedOperationException();
  }

  /// Lines up the parts of a prompt in order. `<|vision_start|>` and `<|vision_end|>` are text.
  public static final class Builder {

    private Builder(double tokensPerSecond) {}

    public Builder text(int tokens) {
      throw new UnsupportedOperationException();
    }

    public Builder image(TokenGrid grid) {
      throw new UnsupportedOperationException();
    }

    /// A video of evenly spaced frames.
    ///
    /// @param secondsPerPair time between the first frames of two neighbouring pairs
    public Builder video(TokenGrid grid, int pairs, double secondsPerPair) {
      throw new UnsupportedOperationException();
    }

    /// A video whose frames have their own times.
    ///
    /// @param pairSeconds time of each pair's first frame from the video's start
    public Builder video(TokenGrid grid, double[] pairSeconds) {
      throw new UnsupportedOperationException();
    }

    public MropePositions build() {
      throw new UnsupportedOperationException();
    }
  }
}
