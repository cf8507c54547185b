package io.chronoscope.qwen;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.checkpoint.Weights;

/// Estimates the memory that an opened checkpoint takes on the CPU, from figures measured with true
/// shapes (`docs/benchmarks/cpu-3b.md`). Rather a little low, so that nothing is refused that would
/// run.
final class MemoryNeed {

  /// The runtime and its working memory for a small prompt.
  private static final long BASE_BYTES = 200L << 20;

  private MemoryNeed() {}

  static long bytes(Precision precision, Checkpoint checkpoint) {
    Weights weights = checkpoint.weights();
    long packed =
        weights.names().stream()
            .flatMap(name -> weights.packed(name).stream())
            .mapToLong(matrix -> (long) matrix.inputs() * matrix.outputs())
            .sum();
    long dense = weights.elements() - packed;
    // The embedding table of a small vocabulary is little; that of a published one is read in
    // place.
    double perDense =
        switch (precision) {
          case FP32 -> 4.1;
          case BF16 -> 2;
          case INT8 -> 1.05;
          case INT4 -> packed > 0 ? 1.05 : 1.6;
        };
    double perPacked =
        switch (precision) {
          case FP32, BF16, INT4 -> 0.65;
          case INT8 -> 1.05;
        };
    return BASE_BYTES + (long) (dense * perDense + packed * perPacked);
  }
}
