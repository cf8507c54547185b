package io.chronoscope.qwen.weights;

import io.chronoscope.ort.ExternalWeight;
import java.util.Map;
import java.util.Optional;

/// INT8 copies of a checkpoint's matrices, in a file made by [QuantizedWeightsCache].
///
/// @param matrices by published name
public record QuantizedWeights(Map<String, Matrix> matrices) {

  public QuantizedWeights {
    matrices = Map.copyOf(matrices);
  }

  /// A matrix, quantized symmetrically with one scale for each output.
  ///
  /// @param values INT8 `[in, out]`, transposed as the runtime's integer products want it
  /// @param scales FLOAT32 `[out]`
  public record Matrix(ExternalWeight values, ExternalWeight scales) {}

  Optional<Matrix> matrix(String publishedName) {
    return Optional.ofNullable(matrices.get(publishedName));
  }
}
