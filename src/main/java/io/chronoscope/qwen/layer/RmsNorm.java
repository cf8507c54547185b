package io.chronoscope.qwen.layer;

import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.weights.GraphWeights;

/// Root-mean-square layer normalization over the last dimension (Zhang and Sennrich, arXiv
/// 1910.07467).
///
/// @param weight `[hidden]`
public record RmsNorm(Value weight, double epsilon) {

  /// @param name published name of the tensor
  public static RmsNorm of(GraphWeights weights, String name, double epsilon) {
    return new RmsNorm(weights.tensor(name), epsilon);
  }

  /// Completes a residual stream and normalizes it.
  public Ops.SkipNormalized apply(Ops ops, Residual residual) {
    Value stream = residual.stream();
    return residual
        .addition()
        .map(added -> ops.skipRmsNorm(added.product(), stream, added.bias(), weight, epsilon))
        .orElseGet(() -> new Ops.SkipNormalized(ops.rmsNorm(stream, weight, epsilon), stream));
  }
}
