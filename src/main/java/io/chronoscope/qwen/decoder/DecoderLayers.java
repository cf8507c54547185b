package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.layer.Linear;
import io.chronoscope.qwen.layer.LinearGroup;
import io.chronoscope.qwen.layer.Residual;
import io.chronoscope.qwen.layer.RmsNorm;
import io.chronoscope.qwen.layer.SwiGlu;
import io.chronoscope.qwen.layer.TransformerBlock;
import io.chronoscope.qwen.weights.GraphWeights;
import io.chronoscope.qwen.weights.LinearWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The decoder's transformer, from token embeddings to the logits behind each sequence's last
/// tokens.
///
/// Ported from the architecture as published in transformers (`modeling_qwen2_5_vl.py`).
final class DecoderLayers {

  private static final String EMBEDDING = "model.embed_tokens.weight";

  private final TextConfig text;
  private final GraphWeights weights;
  private final ElementType compute;
  private final DecoderAttention attention;

  /// @param weights of the outermost graph; the layers may be written into a loop body inside it
  DecoderLayers(
      TextConfig text, GraphWeights weights, ElementType compute, DecoderAttention attention) {
    this.text = text;
    this.weights = weights;
    this.compute = compute;
    this.attention = attention;
  }

  /// @param embeddings `[batch, tokens, hidden]`, or the residual stream of the layers before
  /// @param rotary of the tokens' positions
  /// @param lastToken INT64 `[batch, selected]`: indices among `tokens` of those whose logits are
  ///   wanted; the last real token, for an attention that masks padding. Only the last layer reads
  ///   it
  /// @param lastCacheIndex INT32 `[batch]`: index of the last real token in the cache
  /// @param cacheMask BOOL `[batch, cached]`, for an attention that masks padding
  /// @param cache keys and values of each layer in turn, `[batch, kvHeads, cached, headDim]`
  record Inputs(
      Value embeddings,
      DecoderRotary rotary,
      Optional<Value> lastToken,
      Value lastCacheIndex,
      Optional<Value> cacheMask,
      List<Value> cache) {}

  /// @param logits FLOAT32 `[batch * selected, vocabulary]`
  /// @param cacheMask as in [Inputs], with this step's tokens
  /// @param cache as in [Inputs], with this step's tokens
  record Outputs(Value logits, Optional<Value> cacheMask, List<Value> cache) {}

  /// @param tokens INT64 `[…]`
  /// @return `[…, hidden]`
  Value embed(Ops ops, Value tokens) {
    return weights.gatherRows(ops, EMBEDDING, tokens);
  }

  /// Consecutive layers.
  ///
  /// @param until the first layer behind them
  record Range(int from, int until) {}

  /// What [Range] layers compute.
  ///
  /// @param cacheMask as in [Outputs], as `cache`
  record Passed(Residual stream, Optional<Value> cacheMask, List<Value> cache) {}

  Outputs apply(Ops ops, Inputs inputs) {
    return logits(ops, pass(ops, inputs, new Range(0, text.layers())));
  }

  /// @param inputs with the cache of these layers alone
  Passed pass(Ops ops, Inputs inputs, Range layers) {
    DecoderAttention.Step step = attention.prepare(ops, inputs);
    List<Value> cache = new ArrayList<>();
    Residual x = Residual.of(inputs.embeddings());
    for (int layer = layers.from(); layer < layers.until(); layer++) {
      Value pastKeys = inputs.cache().get(2 * (layer - layers.from()));
      Value pastValues = inputs.cache().get(2 * (layer - layers.from()) + 1);
      // After the last attention only the last tokens are read.
      UnaryOperator<Value> select =
          layer == text.layers() - 1
              ? values ->
                  ops.gatherInBatch(values, inputs.lastToken().orElseThrow(), text.hiddenSize())
              : UnaryOperator.identity();
      x = layer(ops, layer, x, inputs.rotary(), step, pastKeys, pastValues, cache, select);
    }
    return new Passed(x, step.cacheMask(), cache);
  }

  /// @param last of the last layer
  Outputs logits(Ops ops, Passed last) {
    Value normed =
        RmsNorm.of(weights, "model.norm.weight", text.rmsNormEps())
            .apply(ops, last.stream())
            .normalized();
    Value logits = ops.cast(outputProjection().multiply(ops, normed), ElementType.FLOAT32);
    return new Outputs(logits, last.cacheMask(), last.cache());
  }

  private Residual layer(
      Ops ops,
      int layer,
      Residual x,
      DecoderRotary rotary,
      DecoderAttention.Step step,
      Value pastKeys,
      Value pastValues,
      List<Value> cache,
      UnaryOperator<Value> select) {
    String prefix = "model.layers." + layer + ".";
    double epsilon = text.rmsNormEps();
    TransformerBlock block =
        new TransformerBlock(
            RmsNorm.of(weights, prefix + "input_layernorm.weight", epsilon),
            Linear.of(weights, prefix + "self_attn.o_proj"),
            RmsNorm.of(weights, prefix + "post_attention_layernorm.weight", epsilon),
            SwiGlu.of(weights, prefix + "mlp"));
    LinearGroup projections =
        LinearGroup.of(
            weights,
            Stream.of("q_proj", "k_proj", "v_proj").map((prefix + "self_attn.")::concat).toList());
    return block.apply(
        ops,
        x,
        normed -> {
          List<Value> projected = projections.apply(ops, normed);
          Value query = rotary.apply(ops, projected.get(0), text.heads());
          Value key = rotary.apply(ops, projected.get(1), text.kvHeads());
          Value value = projected.get(2);
          Ops.Attended attended = step.attend(query, key, value, pastKeys, pastValues);
          cache.add(attended.keys());
          cache.add(attended.values());
          return attended.output();
        },
        select);
  }

  private LinearWeight outputProjection() {
    return weights.linear(text.tiedEmbeddings() ? EMBEDDING : "lm_head.weight");
  }
}
