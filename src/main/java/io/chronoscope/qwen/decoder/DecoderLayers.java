package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.layer.Linear;
import io.chronoscope.qwen.layer.RmsNorm;
import io.chronoscope.qwen.layer.SwiGlu;
import io.chronoscope.qwen.layer.TransformerBlock;
import io.chronoscope.qwen.position.MropeRotary;
import io.chronoscope.qwen.weights.GraphWeights;
import io.chronoscope.qwen.weights.LinearWeight;
import java.util.ArrayList;
import java.util.List;

/// The decoder's transformer, from token embeddings to the logits of each sequence's last token.
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
  /// @param positions FLOAT32 `[batch, tokens, 3]`
  /// @param lastToken INT64 `[batch, 1]`: index of the last real token among `tokens`
  /// @param lastCacheIndex INT32 `[batch]`: index of the last real token in the cache
  /// @param totalLength INT32 scalar: tokens of the longest sequence
  /// @param cacheMask BOOL `[batch, cached]`
  /// @param cache keys and values of each layer in turn, `[batch, kvHeads, cached, headDim]`
  record Inputs(
      Value embeddings,
      Value positions,
      Value lastToken,
      Value lastCacheIndex,
      Value totalLength,
      Value cacheMask,
      List<Value> cache) {}

  /// @param logits FLOAT32 `[batch, vocabulary]`
  /// @param cacheMask as in [Inputs], with this step's tokens
  /// @param cache as in [Inputs], with this step's tokens
  record Outputs(Value logits, Value cacheMask, List<Value> cache) {}

  /// @param tokens INT64 `[…]`
  /// @return `[…, hidden]`
  Value embed(Ops ops, Value tokens) {
    return weights.rows(ops, EMBEDDING, tokens);
  }

  Outputs apply(Ops ops, Inputs inputs) {
    DecoderAttention.Step step = attention.prepare(ops, inputs);
    Rotation rotation = rotation(ops, inputs.positions());
    List<Value> cache = new ArrayList<>();
    Value x = inputs.embeddings();
    for (int layer = 0; layer < text.layers(); layer++) {
      Value pastKeys = inputs.cache().get(2 * layer);
      Value pastValues = inputs.cache().get(2 * layer + 1);
      x = layer(ops, layer, x, rotation, step, pastKeys, pastValues, cache);
    }
    Value last = ops.gatherInBatch(x, inputs.lastToken());
    Value normed = RmsNorm.of(weights, "model.norm.weight", text.rmsNormEps()).apply(ops, last);
    Value logits = ops.cast(outputProjection().multiply(ops, normed), ElementType.FLOAT32);
    return new Outputs(logits, step.cacheMask(), cache);
  }

  private Value layer(
      Ops ops,
      int layer,
      Value x,
      Rotation rotation,
      DecoderAttention.Step step,
      Value pastKeys,
      Value pastValues,
      List<Value> cache) {
    String prefix = "model.layers." + layer + ".";
    double epsilon = text.rmsNormEps();
    TransformerBlock block =
        new TransformerBlock(
            RmsNorm.of(weights, prefix + "input_layernorm.weight", epsilon),
            Linear.of(weights, prefix + "self_attn.o_proj"),
            RmsNorm.of(weights, prefix + "post_attention_layernorm.weight", epsilon),
            SwiGlu.of(weights, prefix + "mlp"));
    Linear queries = Linear.of(weights, prefix + "self_attn.q_proj");
    Linear keys = Linear.of(weights, prefix + "self_attn.k_proj");
    Linear values = Linear.of(weights, prefix + "self_attn.v_proj");
    return block.apply(
        ops,
        x,
        normed -> {
          Value query = rotation.apply(ops, queries.apply(ops, normed), text.heads());
          Value key = rotation.apply(ops, keys.apply(ops, normed), text.kvHeads());
          Value value = values.apply(ops, normed);
          Ops.Attended attended = step.attend(query, key, value, pastKeys, pastValues);
          cache.add(attended.keys());
          cache.add(attended.values());
          return attended.output();
        });
  }

  /// Rotary tables for one step's tokens.
  ///
  /// @param indices INT64 `[batch, tokens]`: which row of the tables rotates a token
  /// @param cos `[batch * tokens, headDim / 2]`
  /// @param sin `[batch * tokens, headDim / 2]`
  private record Rotation(Value indices, Value cos, Value sin) {

    Value apply(Ops ops, Value x, int heads) {
      return ops.rotary(x, indices, cos, sin, heads);
    }
  }

  /// See [MropeRotary].
  private Rotation rotation(Ops ops, Value positions) {
    Graph graph = ops.graph();
    float[] frequencies = MropeRotary.inverseFrequencies(text);
    long[] axes = MropeRotary.axes(text);
    Value perFrequency = ops.gather(positions, graph.longs(axes, axes.length), 2);
    Value angles =
        ops.reshape(
            ops.mul(perFrequency, graph.floats(frequencies, frequencies.length)),
            -1,
            frequencies.length);
    Value tokens = ops.dimension(angles, 0);
    Value rows =
        ops.range(
            graph.scalar(0), ops.reshape(tokens, graph.longs(new long[0], 0)), graph.scalar(1));
    Value shape = ops.concat(List.of(ops.dimension(positions, 0), ops.dimension(positions, 1)), 0);
    return new Rotation(
        ops.reshape(rows, shape),
        ops.cast(ops.cos(angles), compute),
        ops.cast(ops.sin(angles), compute));
  }

  private LinearWeight outputProjection() {
    return weights.linear(text.tiedEmbeddings() ? EMBEDDING : "lm_head.weight");
  }
}
