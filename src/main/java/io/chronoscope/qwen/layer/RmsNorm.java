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

  /// @param x `[…, hidden]`
  /// @return `[…, hidden]`
  public Value apply(Ops ops, Value x) {
    return ops.rmsNorm(x, weight, epsilon);
  }
}
