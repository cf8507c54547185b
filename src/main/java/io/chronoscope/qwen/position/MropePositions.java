package io.chronoscope.qwen.position;

import java.util.Arrays;

/// Where the tokens of a prompt stand in time, height and width.
///
/// `get_rope_index` of `transformers`, by the rule that the checkpoints were trained with. Text
/// counts up on all axes from the largest position so far + 1. A video starts there too: its pair
/// at `s` seconds stands at `trunc(s · tokensPerSecond)` in time, its tokens at their row and
/// column in height and width, all plus the start. An image is a single pair at time 0. Released
/// versions of the reference differ from it in three known ways (seconds cut to a whole number
/// first, one constant time, text after a video placed by the picture's size alone); none is
/// followed here.
///
/// The products are float32, as there: `pair · secondsPerPair · tokensPerSecond` from left to
/// right.
public final class MropePositions {

  private final long[] time;
  private final long[] height;
  private final long[] width;
  private final long next;

  private MropePositions(long[] time, long[] height, long[] width, long next) {
    this.time = time;
    this.height = height;
    this.width = width;
    this.next = next;
  }

  /// @param tokensPerSecond temporal positions a second, from the checkpoint
  public static Builder builder(double tokensPerSecond) {
    return new Builder(tokensPerSecond);
  }

  /// Tokens placed.
  public int tokens() {
    return time.length;
  }

  /// `[tokens]`. A copy, as the other two.
  public long[] time() {
    return time.clone();
  }

  public long[] height() {
    return height.clone();
  }

  public long[] width() {
    return width.clone();
  }

  /// Where the first generated token stands, on all axes: the largest position + 1.
  public long next() {
    return next;
  }

  /// Lines up the parts of a prompt in order. `<|vision_start|>` and `<|vision_end|>` are text.
  public static final class Builder {

    private final float tokensPerSecond;
    private long[] time = new long[256];
    private long[] height = new long[256];
    private long[] width = new long[256];
    private int tokens;
    private long next;

    private Builder(double tokensPerSecond) {
      this.tokensPerSecond = (float) tokensPerSecond;
    }

    public Builder text(int count) {
      reserve(count);
      for (int i = 0; i < count; i++) {
        place(next, next, next);
        next++;
      }
      return this;
    }

    public Builder image(TokenGrid grid) {
      return pairs(grid, new long[] {0});
    }

    /// A video of evenly spaced frames.
    ///
    /// @param secondsPerPair time between the first frames of two neighbouring pairs
    public Builder video(TokenGrid grid, int pairs, double secondsPerPair) {
      long[] times = new long[pairs];
      for (int pair = 0; pair < pairs; pair++) {
        times[pair] = (long) (pair * (float) secondsPerPair * tokensPerSecond);
      }
      return pairs(grid, times);
    }

    /// A video whose frames have their own times.
    ///
    /// @param pairSeconds time of each pair's first frame from the video's start
    public Builder video(TokenGrid grid, double[] pairSeconds) {
      long[] times = new long[pairSeconds.length];
      for (int pair = 0; pair < times.length; pair++) {
        times[pair] = (long) ((float) pairSeconds[pair] * tokensPerSecond);
      }
      return pairs(grid, times);
    }

    private Builder pairs(TokenGrid grid, long[] times) {
      reserve(Math.multiplyExact(times.length, grid.tokens()));
      long start = next;
      for (long pairTime : times) {
        if (pairTime < 0) {
          throw new IllegalArgumentException("a pair before the start of its video");
        }
        for (int row = 0; row < grid.rows(); row++) {
          for (int column = 0; column < grid.columns(); column++) {
            place(start + pairTime, start + row, start + column);
          }
        }
        long last = Math.max(pairTime, Math.max(grid.rows(), grid.columns()) - 1L);
        next = Math.max(next, start + last + 1);
      }
      return this;
    }

    private void reserve(int more) {
      int needed = Math.addExact(tokens, more);
      if (needed > time.length) {
        int room = Math.max(needed, time.length * 2);
        time = Arrays.copyOf(time, room);
        height = Arrays.copyOf(height, room);
        width = Arrays.copyOf(width, room);
      }
    }

    private void place(long atTime, long atRow, long atColumn) {
      time[tokens] = atTime;
      height[tokens] = atRow;
      width[tokens] = atColumn;
      tokens++;
    }

    public MropePositions build() {
      return new MropePositions(
          Arrays.copyOf(time, tokens),
          Arrays.copyOf(height, tokens),
          Arrays.copyOf(width, tokens),
          next);
    }
  }
}
