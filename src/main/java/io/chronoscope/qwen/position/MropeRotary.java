package io.chronoscope.qwen.position;

import io.chronoscope.checkpoint.TextConfig;
import java.util.List;

/// The decoder's multimodal rotary embedding.
///
/// `Qwen2_5_VLRotaryEmbedding` and `apply_multimodal_rotary_pos_emb` of `transformers`: frequency
/// `j` rotates with the time position in the first section, with height in the second and with
/// width in the third. The decoder's graph multiplies positions and frequencies in float32, as
/// there.
public final class MropeRotary {

  private MropeRotary() {}

  /// `theta^(-2j / headDim)` for `j` from 0 to `headDim / 2 - 1`.
  public static float[] inverseFrequencies(TextConfig text) {
    return RotaryFrequencies.inverse(text.headDim(), text.ropeTheta());
  }

  /// For each frequency, the axis whose position it multiplies: 0 for time, 1 for height, 2 for
  /// width.
  public static long[] axes(TextConfig text) {
    List<Integer> section = text.mropeSection();
    long[] axes = new long[text.headDim() / 2];
    int j = 0;
    for (int axis = 0; axis < section.size(); axis++) {
      for (int i = 0; i < section.get(axis); i++) {
        axes[j++] = axis;
      }
    }
    return axes;
  }
}
