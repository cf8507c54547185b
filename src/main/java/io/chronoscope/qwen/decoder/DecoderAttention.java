package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import java.util.List;

/// How the decoder attends over its cache. Rows of a batch may differ in length: prompts are padded
/// on the right, and what the padding computes is never read.
sealed interface DecoderAttention {

  /// What the layers of one step share.
  interface Step {

    Ops.Cached attend(Value query, Value key, Value value, Value pastKeys, Value pastValues);

    /// Which places of the cache hold real tokens, BOOL `[batch, cached]`, after this step.
    Value cached();
  }

  Step prepare(Ops ops, Value positions, Value lastRow, Value lastIndex, Value total, Value cached);

  /// One operator that knows grouped heads and the rows' lengths: FP32 on the CPU, BF16 on CUDA. A
  /// row's new token overwrites the padding behind its prompt.
  record Grouped(TextConfig text) implements DecoderAttention {

    /// The operator's kernels take no other heads.
    static final int HEAD_DIM_FACTOR = 8;

    @Override
    public Step prepare(
        Ops ops, Value positions, Value lastRow, Value lastIndex, Value total, Value cached) {
      return new Step() {
        @Override
        public Ops.Cached attend(
            Value query, Value key, Value value, Value pastKeys, Value pastValues) {
          return ops.groupedAttention(
              query,
              key,
              value,
              pastKeys,
              pastValues,
              lastIndex,
              total,
              text.heads(),
              text.kvHeads());
        }

        @Override
        public Value cached() {
          return cached;
        }
      };
    }
  }

  /// Matrix products and a mask, for FP32 on CUDA, where the grouped operator has no FP32 kernel.
  /// Padding stays in the cache and is masked.
  record Masked(TextConfig text) implements DecoderAttention {

    @Override
    public Step prepare(
        Ops ops, Value positions, Value lastRow, Value lastIndex, Value total, Value cached) {
      Graph graph = ops.graph();
      Value rows = ops.dimension(positions, 0);
      Value tokens = ops.dimension(positions, 1);
      Value scalar = graph.longs(new long[0], 0);
      Value own =
          ops.range(graph.scalar(0), ops.reshape(tokens, scalar), graph.scalar(1)); // [tokens]
      Value real = ops.lessOrEqual(own, lastRow); // [batch, tokens]
      Value nowCached = ops.concat(List.of(cached, real), 1);
      Value past = ops.dimension(cached, 1);
      Value places =
          ops.range(
              graph.scalar(0), ops.reshape(ops.dimension(nowCached, 1), scalar), graph.scalar(1));
      Value reach = ops.unsqueeze(ops.add(own, past), 1); // [tokens, 1]
      Value causal = ops.lessOrEqual(places, reach); // [tokens, places]
      Value visible =
          ops.and(ops.reshape(nowCached, 0, 1, 1, 1, -1), causal); // [batch, 1, 1, tokens, places]
      int group = text.heads() / text.kvHeads();
      float scale = (float) (1 / Math.sqrt(text.headDim()));
      Value grouped =
          ops.concat(List.of(rows, tokens, graph.list(text.kvHeads(), group, text.headDim())), 0);
      Value flat = ops.concat(List.of(rows, graph.list(text.kvHeads(), -1, text.headDim())), 0);
      Value scored =
          ops.concat(List.of(rows, graph.list(text.kvHeads(), group), tokens, graph.list(-1)), 0);
      Value product =
          ops.concat(List.of(rows, graph.list(text.kvHeads(), -1), ops.dimension(nowCached, 1)), 0);
      Value heads =
          ops.concat(
              List.of(rows, graph.list(text.kvHeads(), group), tokens, graph.list(text.headDim())),
              0);
      return new Step() {
        @Override
        public Ops.Cached attend(
            Value query, Value key, Value value, Value pastKeys, Value pastValues) {
          Value q = ops.reshape(ops.transpose(ops.reshape(query, grouped), 0, 2, 3, 1, 4), flat);
          Value keys = ops.concat(List.of(pastKeys, perHead(key)), 2);
          Value values = ops.concat(List.of(pastValues, perHead(value)), 2);
          Value scores =
              ops.cast(
                  ops.reshape(ops.matMulTransposed(q, keys, scale), scored), ElementType.FLOAT32);
          Value masked = ops.where(visible, scores, graph.scalar(Float.NEGATIVE_INFINITY));
          Value weights = ops.reshape(ops.cast(ops.softmax(masked, -1), query.type()), product);
          Value output =
              ops.transpose(ops.reshape(ops.matMul(weights, values), heads), 0, 3, 1, 2, 4);
          return new Ops.Cached(
              ops.reshape(output, 0, 0, (long) text.heads() * text.headDim()), keys, values);
        }

        private Value perHead(Value x) {
          return ops.transpose(ops.reshape(x, 0, 0, text.kvHeads(), text.headDim()), 0, 2, 1, 3);
        }

        @Override
        public Value cached() {
          return nowCached;
        }
      };
    }
  }
}
