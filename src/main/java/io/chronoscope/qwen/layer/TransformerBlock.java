package io.chronoscope.qwen.layer;

import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import java.util.function.UnaryOperator;

/// A pre-norm transformer block, the shape that encoder and decoder share:
///
/// ```
/// h = x + attentionOutput(attention(attentionNorm(x)))
/// y = h + feedForward(feedForwardNorm(h))
/// ```
public record TransformerBlock(
    RmsNorm attentionNorm, Linear attentionOutput, RmsNorm feedForwardNorm, SwiGlu feedForward) {

  /// @param x `[batch, tokens, hidden]`
  /// @param attention from the normalized input to the heads' outputs side by side, before the
  ///   output projection
  /// @return `[batch, tokens, hidden]`
  public Value apply(Ops ops, Value x, UnaryOperator<Value> attention) {
    Value attended = attention.apply(attentionNorm.apply(ops, x));
    Value h = ops.add(x, attentionOutput.apply(ops, attended));
    return ops.add(h, feedForward.apply(ops, feedForwardNorm.apply(ops, h)));
  }
}
