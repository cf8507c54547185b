package io.chronoscope.vision;

import io.chronoscope.checkpoint.TextConfig;

/// The decoder's multimodal rotary embedding.
public final class MropeRotary {

  private MropeRotary() {}

  /// Tables `[tokens, headDim]` for the tokens of a prompt.
  public static RotaryTables of(MropePositions positions, TextConfig text) {
    throw new UnsupportedOperationException();
  }

  /// Tables `[count, headDim]` for text tokens that stand at `first`, `first + 1`, … on all axes.
  public static RotaryTables following(long first, int count, TextConfig text) {
    throw new UnsupportedOperationException();
  }

  /// `theta^(-2j / headDim)` for `j` from 0 to `headDim / 2 - 1`.
  public static float[] inverseFrequencies(int headDim, double theta) {
    throw new UnsupportedOperationException();
  }
}
