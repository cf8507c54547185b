package io.chronoscope.qwen.weights;

import io.chronoscope.checkpoint.Weights;
import java.util.Optional;

/// A checkpoint's weights in the formats in which the graphs use them.
///
/// @param stored as published
/// @param quantized INT8 copies of matrices, which take precedence over the stored ones
public record ModelWeights(Weights stored, Optional<QuantizedWeights> quantized) {

  /// The weights as published.
  public static ModelWeights asStored(Weights weights) {
    return new ModelWeights(weights, Optional.empty());
  }

  /// The weights with INT8 matrices.
  public static ModelWeights quantized(Weights weights, QuantizedWeights quantized) {
    return new ModelWeights(weights, Optional.of(quantized));
  }
}
