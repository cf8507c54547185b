package io.chronoscope.qwen.layer;

import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import java.util.Optional;

/// The residual stream between two layers, with the last layer's contribution not added yet: the
/// next normalization adds it in the same operator.
///
/// @param stream `[…, hidden]`
/// @param addition what is still to be added
public record Residual(Value stream, Optional<Addition> addition) {

  /// A layer's contribution: `product + bias`.
  ///
  /// @param product shaped as the stream
  /// @param bias `[hidden]`
  public record Addition(Value product, Optional<Value> bias) {}

  /// The stream before the first layer.
  public static Residual of(Value stream) {
    return new Residual(stream, Optional.empty());
  }

  /// The stream after `layer`, a linear layer applied to `x`.
  public static Residual after(Ops ops, Value stream, Linear layer, Value x) {
    return new Residual(
        stream, Optional.of(new Addition(layer.weight().multiply(ops, x), layer.bias())));
  }

  /// The stream with the last layer's contribution.
  public Value complete(Ops ops) {
    return addition
        .map(added -> {
          Value sum = ops.add(added.product(), stream);
          return added.bias().map(bias -> ops.add(sum, bias)).orElse(sum);
        })
        .orElse(stream);
  }
}
