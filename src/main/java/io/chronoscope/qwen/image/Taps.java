package io.chronoscope.qwen.image;

import java.util.concurrent.ConcurrentHashMap;

/// The filter taps of a resize along one axis: which input pixels contribute to each output pixel,
/// and with what weight.
///
/// `_compute_indices_weights_aa` of PyTorch (UpSampleKernel.cpp), all in float32: Keys' cubic with
/// a = -0.5, stretched by the scale when shrinking, with weights normalized after the borders have
/// cut them.
final class Taps {

  private record Sizes(int inputs, int outputs) {}

  private static final int MAX_CACHED = 256;
  private static final ConcurrentHashMap<Sizes, Taps> CACHE = new ConcurrentHashMap<>();

  private final int[] first;
  private final int[] count;
  private final float[] weights;
  private final int maxCount;

  private Taps(int inputs, int outputs) {
    float scale = (float) inputs / outputs;
    float support = scale >= 1 ? 2 * scale : 2;
    float inverse = scale >= 1 ? 1 / scale : 1;
    this.maxCount = (int) Math.ceil(support) * 2 + 1;
    this.first = new int[outputs];
    this.count = new int[outputs];
    this.weights = new float[outputs * maxCount];
    for (int i = 0; i < outputs; i++) {
      float center = scale * (i + 0.5f);
      first[i] = Math.max((int) (center - support + 0.5f), 0);
      count[i] =
          Math.clamp(
              Math.min((int) (center + support + 0.5f), inputs) - (long) first[i], 0, maxCount);
      float sum = 0;
      for (int j = 0; j < count[i]; j++) {
        float weight = cubic((j + first[i] - center + 0.5f) * inverse);
        weights[i * maxCount + j] = weight;
        sum += weight;
      }
      for (int j = 0; j < count[i] && sum != 0; j++) {
        weights[i * maxCount + j] /= sum;
      }
    }
  }

  static Taps of(int inputs, int outputs) {
    if (CACHE.size() > MAX_CACHED) {
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

  /// The first input pixel that contributes to output pixel `i`.
  int first(int i) {
    return first[i];
  }

  /// Number of input pixels that contribute to output pixel `i`.
  int count(int i) {
    return count[i];
  }

  /// Index of output pixel `i`'s first weight in [#weights()].
  int firstWeight(int i) {
    return i * maxCount;
  }

  float[] weights() {
    return weights;
  }

  /// Upper bound on [#count].
  int maxCount() {
    return maxCount;
  }
}
