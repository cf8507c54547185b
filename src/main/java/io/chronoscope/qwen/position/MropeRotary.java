package io.chronoscope.qwen.position;

import io.chronoscope.checkpoint.TextConfig;
import java.util.List;

/// The decoder's multimodal rotary embedding.
///
/// `Qwen2_5_VLRotaryEmbedding` and `apply_multimodal_rotary_pos_emb` of `transformers`: frequency
/// `j` turns with the temporal position in the first section, with height in the second, with width
/// in the third; the second half of a row repeats the first. Angles are float32 products as there.
public final class MropeRotary {

  private MropeRotary() {}

  /// Tables `[tokens, headDim]` for the tokens of a prompt.
  public static RotaryTables of(MropePositions positions, TextConfig text) {
    return tables(new long[][] {positions.time(), positions.height(), positions.width()}, text);
  }

  /// Tables `[count, headDim]` for text tokens that stand at `first`, `first + 1`, … on all axes.
  public static RotaryTables following(long first, int count, TextConfig text) {
    long[] axis = new long[count];
    for (int i = 0; i < count; i++) {
      axis[i] = first + i;
    }
    return tables(new long[][] {axis, axis, axis}, text);
  }

  /// `theta^(-2j / headDim)` for `j` from 0 to `headDim / 2 - 1`.
  public static float[] inverseFrequencies(int headDim, double theta) {
    return Frequencies.inverse(headDim, theta);
  }

  private static RotaryTables tables(long[][] axes, TextConfig text) {
    int headDim = text.headDim();
    int half = headDim / 2;
    float[] frequencies = Frequencies.inverse(headDim, text.ropeTheta());
    int[] axisOf = axisOf(text.mropeSection(), half);
    int tokens = axes[0].length;
    float[] cos = new float[tokens * headDim];
    float[] sin = new float[tokens * headDim];
    for (int token = 0; token < tokens; token++) {
      for (int j = 0; j < half; j++) {
        float angle = axes[axisOf[j]][token] * frequencies[j];
        int at = token * headDim + j;
        cos[at] = (float) Math.cos(angle);
        sin[at] = (float) Math.sin(angle);
        cos[at + half] = cos[at];
        sin[at + half] = sin[at];
      }
    }
    return new RotaryTables(tokens, headDim, cos, sin);
  }

  private static int[] axisOf(List<Integer> section, int half) {
    int[] axisOf = new int[half];
    int j = 0;
    for (int axis = 0; axis < section.size(); axis++) {
      for (int i = 0; i < section.get(axis); i++) {
        axisOf[j++] = axis;
      }
    }
    return axisOf;
  }
}
