package io.chronoscope.qwen.position;

/// Rotary frequencies in float32, as the reference computes them.
final class RotaryFrequencies {

  private RotaryFrequencies() {}

  /// `1 / theta^(2j / width)` for `j` from 0 to `width / 2 - 1`.
  static float[] inverse(int width, double theta) {
    float[] frequencies = new float[width / 2];
    for (int j = 0; j < frequencies.length; j++) {
      float exponent = (float) (2 * j) / width;
      frequencies[j] = 1f / (float) Math.pow(theta, exponent);
    }
    return frequencies;
  }
}
