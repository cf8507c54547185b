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
  public Residual apply(Ops ops, Residual x, UnaryOperator<Value> attention) {
    return apply(ops, x, attention, UnaryOperator.identity());
  }

  /// As above, with the tokens that `select` selects from everything after the attention: a layer
  /// whose other tokens nobody reads.
  ///
  /// @param select of `[batch, tokens, …]`
  public Residual apply(
      Ops ops, Residual x, UnaryOperator<Value> attention, UnaryOperator<Value> select) {
    Ops.SkipNormalized input = attentionNorm.apply(ops, x);
    Value attended = select.apply(attention.apply(input.normalized()));
    Residual h = Residual.after(ops, select.apply(input.sum()), attentionOutput, attended);
    Ops.SkipNormalized middle = feedForwardNorm.apply(ops, h);
    return Residual.after(
        ops, middle.sum(), feedForward.down(), feedForward.gated(ops, middle.normalized()));
  }
}
