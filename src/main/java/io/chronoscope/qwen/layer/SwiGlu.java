package io.chronoscope.qwen.layer;

import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.weights.GraphWeights;

/// The feed-forward network of a block: `down(silu(gate(x)) · up(x))` (SwiGLU; Shazeer, arXiv
/// 2002.05202).
public record SwiGlu(Linear gate, Linear up, Linear down) {

  /// @param prefix of the tensors' published names, such as `model.layers.0.mlp`
  public static SwiGlu of(GraphWeights weights, String prefix) {
    return new SwiGlu(
        Linear.of(weights, prefix + ".gate_proj"),
        Linear.of(weights, prefix + ".up_proj"),
        Linear.of(weights, prefix + ".down_proj"));
  }

  /// @param x `[…, hidden]`
  /// @return `[…, hidden]`
  public Value apply(Ops ops, Value x) {
    Value gated = ops.silu(gate.apply(ops, x));
    return down.apply(ops, ops.mul(gated, up.apply(ops, x)));
  }
}
