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

  /// @param embeddings `[batch, tokens, hidden]`
  /// @param rotary of the tokens' positions
  /// @param lastToken INT64 `[batch, selected]`: indices among `tokens` of those whose logits are
  ///   wanted; the last real token, for an attention that masks padding
  /// @param lastCacheIndex INT32 `[batch]`: index of the last real token in the cache
  /// @param cacheMask BOOL `[batch, cached]`, for an attention that masks padding
  /// @param cache keys and values of each layer in turn, `[batch, kvHeads, cached, headDim]`
  record Inputs(
      Value embeddings,
      DecoderRotary rotary,
      Value lastToken,
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

  Outputs apply(Ops ops, Inputs inputs) {
    DecoderAttention.Step step = attention.prepare(ops, inputs);
    List<Value> cache = new ArrayList<>();
    Residual x = Residual.of(inputs.embeddings());
    for (int layer = 0; layer < text.layers(); layer++) {
      Value pastKeys = inputs.cache().get(2 * layer);
      Value pastValues = inputs.cache().get(2 * layer + 1);
      // After the last attention only the last tokens are read.
      UnaryOperator<Value> select =
          layer == text.layers() - 1
              ? values -> ops.gatherInBatch(values, inputs.lastToken(), text.hiddenSize())
              : UnaryOperator.identity();
      x = layer(ops, layer, x, inputs.rotary(), step, pastKeys, pastValues, cache, select);
    }
    Value normed =
        RmsNorm.of(weights, "model.norm.weight", text.rmsNormEps()).apply(ops, x).normalized();
    Value logits = ops.cast(outputProjection().multiply(ops, normed), ElementType.FLOAT32);
    return new Outputs(logits, step.cacheMask(), cache);
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
