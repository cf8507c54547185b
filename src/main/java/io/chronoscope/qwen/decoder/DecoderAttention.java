package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import java.util.List;
import java.util.Optional;

/// The decoder's causal self-attention over its KV cache. Sequences of a batch may differ in
/// length: prompts are padded on the right, and what is computed from padding is never read.
sealed interface DecoderAttention {

  /// What the layers of one step share.
  interface Step {

    /// @param query `[batch, tokens, heads * headDim]`
    /// @param key `[batch, tokens, kvHeads * headDim]`, as `value`
    /// @param pastKeys `[batch, kvHeads, cached, headDim]`, as `pastValues`
    Ops.Attended attend(Value query, Value key, Value value, Value pastKeys, Value pastValues);

    /// Slots of the cache that hold real tokens after this step, BOOL `[batch, cached]`.
    Optional<Value> cacheMask();
  }

  Step prepare(Ops ops, DecoderLayers.Inputs inputs);

  /// One operator that supports grouped heads and sequences of different lengths: FP32 on the CPU,
  /// BF16 on CUDA. A sequence's new token overwrites the padding behind its prompt.
  record Grouped(TextConfig text) implements DecoderAttention {

    /// The operator's kernels require head widths that are multiples of this.
    static final int HEAD_DIM_FACTOR = 8;

    @Override
    public Step prepare(Ops ops, DecoderLayers.Inputs inputs) {
      // The operator reads this number on the host, where shapes are known without a copy.
      Value cached = ops.dimension(inputs.cache().getFirst(), 2);
      Value tokens = ops.dimension(inputs.embeddings(), 1);
      Value totalLength = ops.cast(ops.add(cached, tokens), ElementType.INT32);
      return new InPlace(text, totalLength).prepare(ops, inputs);
    }
  }

  /// The operator of [Grouped] over a cache that may be longer than its content: if the caller
  /// binds the same memory to the cache's inputs and outputs, new keys and values are written there
  /// in place.
  ///
  /// @param totalLength INT32, one element: tokens of the longest sequence, after the step
  record InPlace(TextConfig text, Value totalLength) implements DecoderAttention {

    @Override
    public Step prepare(Ops ops, DecoderLayers.Inputs inputs) {
      return new Step() {
        @Override
        public Ops.Attended attend(
            Value query, Value key, Value value, Value pastKeys, Value pastValues) {
          return ops.groupedAttention(
              query,
              key,
              value,
              pastKeys,
              pastValues,
              inputs.lastCacheIndex(),
              totalLength,
              text.heads(),
              text.kvHeads());
        }

        @Override
        public Optional<Value> cacheMask() {
          return inputs.cacheMask();
        }
      };
    }
  }

  /// Matrix products and a mask, for FP32 on CUDA, where the grouped operator has no FP32 kernel.
  /// Padding stays in the cache and is masked.
  record Masked(TextConfig text) implements DecoderAttention {

    @Override
    public Step prepare(Ops ops, DecoderLayers.Inputs inputs) {
      Graph graph = ops.graph();
      Value batch = ops.dimension(inputs.embeddings(), 0);
      Value tokens = ops.dimension(inputs.embeddings(), 1);
      Value scalar = graph.longs(new long[0], 0);
      Value tokenIndex =
          ops.range(graph.scalar(0), ops.reshape(tokens, scalar), graph.scalar(1)); // [tokens]
      Value real = ops.lessOrEqual(tokenIndex, inputs.lastToken().orElseThrow()); // [batch, tokens]
      Value pastMask = inputs.cacheMask().orElseThrow();
      Value cacheMask = ops.concat(List.of(pastMask, real), 1);
      Value past = ops.dimension(pastMask, 1);
      Value cacheLength = ops.dimension(cacheMask, 1);
      Value slots =
          ops.range(graph.scalar(0), ops.reshape(cacheLength, scalar), graph.scalar(1)); // [cached]
      Value ownSlot = ops.unsqueeze(ops.add(tokenIndex, past), 1); // [tokens, 1]
      Value causal = ops.lessOrEqual(slots, ownSlot); // [tokens, cached]
      Value visible =
          ops.and(ops.reshape(cacheMask, 0, 1, 1, 1, -1), causal); // [batch, 1, 1, tokens, cached]
      int group = text.heads() / text.kvHeads();
      float scale = (float) (1 / Math.sqrt(text.headDim()));
      Value grouped =
          ops.concat(List.of(batch, tokens, graph.list(text.kvHeads(), group, text.headDim())), 0);
      Value perKvHead =
          ops.concat(List.of(batch, graph.list(text.kvHeads(), -1, text.headDim())), 0);
      Value scoreShape =
          ops.concat(List.of(batch, graph.list(text.kvHeads(), group), tokens, graph.list(-1)), 0);
      Value weightShape =
          ops.concat(List.of(batch, graph.list(text.kvHeads(), -1), cacheLength), 0);
      Value outputShape =
          ops.concat(
              List.of(batch, graph.list(text.kvHeads(), group), tokens, graph.list(text.headDim())),
              0);
      return new Step() {
        @Override
        public Ops.Attended attend(
            Value query, Value key, Value value, Value pastKeys, Value pastValues) {
          Value q =
              ops.reshape(ops.transpose(ops.reshape(query, grouped), 0, 2, 3, 1, 4), perKvHead);
          Value keys = ops.concat(List.of(pastKeys, perHead(key)), 2);
          Value values = ops.concat(List.of(pastValues, perHead(value)), 2);
          Value scores =
              ops.cast(
                  ops.reshape(ops.matMulTransposed(q, keys, scale), scoreShape),
                  ElementType.FLOAT32);
          Value masked = ops.where(visible, scores, graph.scalar(Float.NEGATIVE_INFINITY));
          Value weights = ops.reshape(ops.cast(ops.softmax(masked, -1), query.type()), weightShape);
          Value output =
              ops.transpose(ops.reshape(ops.matMul(weights, values), outputShape), 0, 3, 1, 2, 4);
          return new Ops.Attended(
              ops.reshape(output, 0, 0, (long) text.heads() * text.headDim()), keys, values);
        }

        private Value perHead(Value x) {
          return ops.transpose(ops.reshape(x, 0, 0, text.kvHeads(), text.headDim()), 0, 2, 1, 3);
        }

        @Override
        public Optional<Value> cacheMask() {
          return Optional.of(cacheMask);
        }
      };
    }
  }
}
