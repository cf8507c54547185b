package io.chronoscope.qwen.layer;

import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.weights.GraphWeights;
import io.chronoscope.qwen.weights.LinearWeight;
import java.util.Optional;

/// A linear layer: `x · weightᵀ + bias`.
///
/// @param bias `[out]`
public record Linear(LinearWeight weight, Optional<Value> bias) {

  /// The layer with the tensors `name.weight` and, where the checkpoint has one, `name.bias`.
  public static Linear of(GraphWeights weights, String name) {
    String bias = name + ".bias";
    return new Linear(
        weights.linear(name + ".weight"),
        weights.has(bias) ? Optional.of(weights.tensor(bias)) : Optional.empty());
  }

  /// @param x `[…, in]`
  /// @return `[…, out]`
  public Value apply(Ops ops, Value x) {
    Value product = weight.multiply(ops, x);
    return bias.map(value -> ops.add(product, value)).orElse(product);
  }
}
