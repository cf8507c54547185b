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

  /// The layer with zeros behind its result.
  ///
  /// @param padding how many
  static Linear widened(GraphWeights weights, String name, long padding) {
    if (padding == 0) {
      return of(weights, name);
    }
    String bias = name + ".bias";
    return new Linear(
        new LinearWeight.Dense(weights.padded(name + ".weight", 0, padding)),
        weights.has(bias) ? Optional.of(weights.padded(bias, 0, padding)) : Optional.empty());
  }

  /// The layer for inputs with zeros behind them.
  ///
  /// @param padding how many
  static Linear lengthened(GraphWeights weights, String name, long padding) {
    Linear layer = of(weights, name);
    return padding == 0
        ? layer
        : new Linear(
            new LinearWeight.Dense(weights.padded(name + ".weight", 1, padding)), layer.bias());
  }

  /// @param x `[…, in]`
  /// @return `[…, out]`
  public Value apply(Ops ops, Value x) {
    Value product = weight.multiply(ops, x);
    return bias.map(value -> ops.add(product, value)).orElse(product);
  }
}
