package io.chronoscope.qwen.layer;

import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.weights.GraphWeights;

/// The feed-forward network of a block: `down(silu(gate(x)) · up(x))` (SwiGLU; Shazeer, arXiv
/// 2002.05202).
public record SwiGlu(Linear gate, Linear up, Linear down) {

  /// @param prefix of the tensors' published names, such as `model.layers.0.mlp`
  public static SwiGlu of(GraphWeights weights, String prefix) {
    // What is added to gate and up is silu(0) · 0, and meets zeros in down.
    long padding = weights.padding(prefix + ".gate_proj.weight");
    return new SwiGlu(
        Linear.widened(weights, prefix + ".gate_proj", padding),
        Linear.widened(weights, prefix + ".up_proj", padding),
        Linear.lengthened(weights, prefix + ".down_proj", padding));
  }

  /// The network up to its last layer, [#down].
  ///
  /// @param x `[…, hidden]`
  /// @return `[…, intermediate]`
  Value gated(Ops ops, Value x) {
    return ops.mul(ops.silu(gate.apply(ops, x)), up.apply(ops, x));
  }
}
