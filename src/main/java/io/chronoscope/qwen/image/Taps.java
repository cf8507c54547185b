package io.chronoscope.qwen.image;

import java.util.concurrent.ConcurrentHashMap;

/// Along one axis, which input pixels make each output pixel, and with what weight.
///
/// `_compute_indices_weights_aa` of PyTorch (UpSampleKernel.cpp), all in float32: Keys' cubic with
/// a = -0.5, stretched by the scale when shrinking, weights normalised after the borders cut them.
final class Taps {

  private record Sizes(int inputs, int outputs) {}

  private static final int MOST_CACHED = 256;
  private static final ConcurrentHashMap<Sizes, Taps> CACHE = new ConcurrentHashMap<>();

  private final int[] first;
  private final int[] count;
  private final float[] weights;
  private final int most;

  private Taps(int inputs, int outputs) {
    float scale = (float) inputs / outputs;
    float support = scale >= 1 ? 2 * scale : 2;
    float inverse = scale >= 1 ? 1 / scale : 1;
    this.most = (int) Math.ceil(support) * 2 + 1;
    this.first = new int[outputs];
    this.count = new int[outputs];
    this.weights = new float[outputs * most];
    for (int i = 0; i < outputs; i++) {
      float center = scale * (i + 0.5f);
      first[i] = Math.max((int) (center - support + 0.5f), 0);
      count[i] =
          Math.clamp(Math.min((int) (center + support + 0.5f), inputs) - (long) first[i], 0, most);
      float sum = 0;
      for (int j = 0; j < count[i]; j++) {
        float weight = cubic((j + first[i] - center + 0.5f) * inverse);
        weights[i * most + j] = weight;
        sum += weight;
      }
      for (int j = 0; j < count[i] && sum != 0; j++) {
        weights[i * most + j] /= sum;
      }
    }
  }

  static Taps of(int inputs, int outputs) {
    if (CACHE.size() > MOST_CACHED) {
      CACHE.clear();
    }
    return CACHE.computeIfAbsent(
        new Sizes(inputs, outputs), sizes -> new Taps(sizes.inputs(), sizes.outputs()));
  }

  private static float cubic(float distance) {
    float x = Math.abs(distance);
    if (x < 1) {
      return (1.5f * x - 2.5f) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5f : 0;
  }

  int outputs() {
    return first.length;
  }

  /// The first input pixel of output pixel `i`.
  int first(int i) {
    return first[i];
  }

  /// How many input pixels make output pixel `i`.
  int count(int i) {
    return count[i];
  }

  /// Where the weights of output pixel `i` begin in [#weights()].
  int firstWeight(int i) {
    return i * most;
  }

  float[] weights() {
    return weights;
  }

  /// The largest [#count] there can be.
  int most() {
    return most;
  }
}
