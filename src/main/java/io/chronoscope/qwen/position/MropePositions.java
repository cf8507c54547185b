package io.chronoscope.qwen.position;

import java.util.Arrays;

/// The positions of a prompt's tokens in time, height and width (multimodal rotary positions).
///
/// `get_rope_index` of `transformers`, by the rule that the checkpoints were trained with. Text
/// advances all axes together, starting at the largest position so far + 1. A video starts there
/// too: a pair at `s` seconds has the time `trunc(s · tokensPerSecond)`, its tokens have their row
/// and column as height and width, all relative to the start. An image is a single pair at time 0.
/// Released versions of the reference deviate from this rule in three known ways (seconds truncated
/// to an integer first, one constant time, text after a video placed by the frame size alone); none
/// of them is followed here.
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

  /// @param tokensPerSecond temporal positions per second, from the checkpoint
  public static Builder builder(double tokensPerSecond) {
    return new Builder(tokensPerSecond);
  }

  /// Number of tokens.
  public int tokens() {
    return time.length;
  }

  /// `[tokens]`, a copy, as are the other two.
  public long[] time() {
    return time.clone();
  }

  public long[] height() {
    return height.clone();
  }

  public long[] width() {
    return width.clone();
  }

  /// Position of the first generated token on all axes: the largest position + 1.
  public long next() {
    return next;
  }

  /// Appends the parts of a prompt in order. `<|vision_start|>` and `<|vision_end|>` count as text.
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
        append(next, next, next);
        next++;
      }
      return this;
    }

    public Builder image(TokenGrid grid) {
      return pairs(new VideoTokens.All(grid, 1), new long[] {0});
    }

    /// Appends a video with evenly spaced frames.
    ///
    /// @param secondsPerPair time between the first frames of consecutive pairs
    public Builder video(VideoTokens video, double secondsPerPair) {
      long[] times = new long[video.pairs()];
      for (int pair = 0; pair < times.length; pair++) {
        times[pair] = (long) (pair * (float) secondsPerPair * tokensPerSecond);
      }
      return pairs(video, times);
    }

    /// Appends a video with individually timed frames.
    ///
    /// @param pairSeconds time of each pair's first frame, relative to the video's start
    /// @throws IllegalArgumentException when a time is negative
    public Builder video(VideoTokens video, double[] pairSeconds) {
      long[] times = new long[pairSeconds.length];
      for (int pair = 0; pair < times.length; pair++) {
        times[pair] = (long) ((float) pairSeconds[pair] * tokensPerSecond);
      }
      return pairs(video, times);
    }

    private Builder pairs(VideoTokens video, long[] times) {
      reserve(video.count());
      TokenGrid grid = video.grid();
      long start = next;
      for (int pair = 0; pair < times.length; pair++) {
        long pairTime = times[pair];
        if (pairTime < 0) {
          throw new IllegalArgumentException(
              "the time of a frame pair is before the start of its video");
        }
        for (int token : video.tokens(pair)) {
          append(start + pairTime, start + token / grid.columns(), start + token % grid.columns());
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

    private void append(long atTime, long atRow, long atColumn) {
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
