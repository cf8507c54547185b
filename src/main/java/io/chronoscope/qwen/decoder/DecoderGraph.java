package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.GenerationDefaults;
import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.checkpoint.Weights;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.position.MropeRotary;
import io.chronoscope.qwen.weights.GraphWeights;
import java.util.ArrayList;
import java.util.List;

/// The decoder of Qwen2.5-VL as one graph that generates many tokens a run.
///
/// All of it sits in an ONNX `Loop`. The loop's first step takes whatever it is given, a whole
/// prompt or the last token of the run before, and every further step the token that the step
/// before chose, so that prefill and decoding are the same operators over the same weights. The
/// cache, the tokens seen and the rows that have ended are the loop's state and never leave native
/// memory. See `docs/design/0001-decode-loop-in-graph.md`.
///
/// Ported from the architecture as published in transformers (`modeling_qwen2_5_vl.py`); the
/// repetition penalty follows its `RepetitionPenaltyLogitsProcessor`.
final class DecoderGraph {

  static final String TOKENS = "tokens";
  static final String VISUAL = "visual";
  static final String VISUAL_AT = "visual_at";
  static final String POSITIONS = "positions";
  static final String LAST_ROW = "last_row";
  static final String LAST_INDEX = "last_index";
  static final String TOTAL = "total";
  static final String OFFSET = "offset";
  static final String FINISHED = "finished";
  static final String SEEN = "seen";
  static final String STEPS = "steps";
  static final String CACHED = "cached";
  static final String GENERATED = "generated";
  static final String FIRST_LOGITS = "first_logits";

  private final TextConfig text;
  private final GenerationDefaults generation;
  private final ElementType compute;
  private final DecoderAttention attention;
  private final Graph outer = Graph.named("decoder");
  private final Ops outerOps = new Ops(outer);
  private final GraphWeights weights;

  private DecoderGraph(
      TextConfig text,
      GenerationDefaults generation,
      Weights weights,
      ElementType compute,
      DecoderAttention attention) {
    this.text = text;
    this.generation = generation;
    this.compute = compute;
    this.attention = attention;
    this.weights = new GraphWeights(outerOps, weights, compute);
  }

  static Graph build(
      TextConfig text,
      GenerationDefaults generation,
      Weights weights,
      ElementType compute,
      DecoderAttention attention) {
    return new DecoderGraph(text, generation, weights, compute, attention).build();
  }

  static boolean penalises(GenerationDefaults generation) {
    return generation.repetitionPenalty() != 1.0;
  }

  /// Name of a layer's cached keys among the inputs and, prefixed with `next_`, the outputs.
  static String keys(int layer) {
    return "keys." + layer;
  }

  static String values(int layer) {
    return "values." + layer;
  }

  static String next(String state) {
    return "next_" + state;
  }

  /// What one step hands to the next.
  private record State(
      Value embeddings,
      Value positions,
      Value lastRow,
      Value lastIndex,
      Value total,
      Value finished,
      Value cached,
      List<Value> seen,
      Value firstLogits,
      List<Value> cache) {

    List<Value> toList() {
      List<Value> all =
          new ArrayList<>(
              List.of(embeddings, positions, lastRow, lastIndex, total, finished, cached));
      all.addAll(seen);
      all.add(firstLogits);
      all.addAll(cache);
      return all;
    }

    static final int SEEN_AT = 7;

    /// Dimensions of each value in [#toList()].
    static int rank(int index, int cacheAt) {
      int[] fixed = {3, 3, 2, 1, 0, 1, 2};
      return index < fixed.length ? fixed[index] : index < cacheAt ? 2 : 4;
    }
  }

  private Graph build() {
    Value offset = outer.input(OFFSET, ElementType.FLOAT32, 1);
    Value steps = outer.input(STEPS, ElementType.INT64, 0);
    State initial = initialState();

    Graph body = outer.body("step");
    Value step = body.bodyInput("step", ElementType.INT64, 0);
    body.bodyInput("go", ElementType.BOOL, 0);
    State state = bodyState(body, initial);
    List<Value> results = new ArrayList<>();
    writeStep(new Ops(body), step, offset, state, results);

    List<Value> ends =
        outerOps.loop(steps, outer.bools(new boolean[] {true}), initial.toList(), body, results);
    int at = State.SEEN_AT;
    outer.output(next(CACHED), ends.get(at - 1), 2);
    if (penalises(generation)) {
      outer.output(next(SEEN), ends.get(at++), 2);
    }
    outer.output(FIRST_LOGITS, ends.get(at++), 2);
    for (int layer = 0; layer < text.layers(); layer++) {
      outer.output(next(keys(layer)), ends.get(at++), 4);
      outer.output(next(values(layer)), ends.get(at++), 4);
    }
    outer.output(GENERATED, ends.get(at), 2);
    return outer;
  }

  private State initialState() {
    Value tokens = outer.input(TOKENS, ElementType.INT64, 2);
    Value visual = outer.input(VISUAL, ElementType.FLOAT32, 2);
    Value visualAt = outer.input(VISUAL_AT, ElementType.INT64, 2);
    Value embedded = outerOps.cast(outerOps.gather(embedding(), tokens, 0), ElementType.FLOAT32);
    Value embeddings = outerOps.cast(outerOps.scatterNd(embedded, visualAt, visual), compute);
    List<Value> cache = new ArrayList<>();
    Value positions = outer.input(POSITIONS, ElementType.FLOAT32, 3);
    Value lastRow = outer.input(LAST_ROW, ElementType.INT64, 2);
    Value lastIndex = outer.input(LAST_INDEX, ElementType.INT32, 1);
    Value total = outer.input(TOTAL, ElementType.INT32, 0);
    Value finished = outer.input(FINISHED, ElementType.BOOL, 1);
    Value cached = outer.input(CACHED, ElementType.BOOL, 2);
    List<Value> seen =
        penalises(generation) ? List.of(outer.input(SEEN, ElementType.BOOL, 2)) : List.of();
    for (int layer = 0; layer < text.layers(); layer++) {
      cache.add(outer.input(keys(layer), compute, 4));
      cache.add(outer.input(values(layer), compute, 4));
    }
    return new State(
        embeddings,
        positions,
        lastRow,
        lastIndex,
        total,
        finished,
        cached,
        seen,
        outer.floats(new float[1], 1, 1),
        cache);
  }

  private static State bodyState(Graph body, State like) {
    List<Value> all = like.toList();
    int afterSeen = State.SEEN_AT + like.seen().size();
    List<Value> own = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      own.add(body.bodyInput("state", all.get(i).type(), State.rank(i, afterSeen + 1)));
    }
    return new State(
        own.get(0),
        own.get(1),
        own.get(2),
        own.get(3),
        own.get(4),
        own.get(5),
        own.get(6),
        own.subList(State.SEEN_AT, afterSeen),
        own.get(afterSeen),
        own.subList(afterSeen + 1, own.size()));
  }

  private void writeStep(Ops ops, Value step, Value offset, State state, List<Value> results) {
    Graph body = ops.graph();
    DecoderAttention.Step context =
        attention.prepare(
            ops,
            state.positions(),
            state.lastRow(),
            state.lastIndex(),
            state.total(),
            state.cached());
    Rotation rotation = rotation(ops, state.positions());
    List<Value> cache = new ArrayList<>();
    Value x = state.embeddings();
    for (int layer = 0; layer < text.layers(); layer++) {
      x = layer(ops, layer, x, rotation, context, state.cache(), cache);
    }
    Value last = ops.gatherInBatch(x, state.lastRow());
    Value normed = ops.rmsNorm(last, weights.get("model.norm.weight"), text.rmsNormEps());
    Value logits = ops.cast(ops.linear(normed, outputProjection()), ElementType.FLOAT32);
    Value firstStep = ops.equal(step, body.scalar(0));
    Value firstLogits = ops.where(firstStep, logits, state.firstLogits());

    List<Value> seen = new ArrayList<>();
    Value scores = logits;
    if (!state.seen().isEmpty()) {
      scores = penalised(ops, logits, state.seen().getFirst());
    }
    Value chosen = ops.argMax(scores, 1);
    if (!state.seen().isEmpty()) {
      Value vocabulary = ops.range(body.scalar(0), body.scalar(text.vocabSize()), body.scalar(1));
      Value now = ops.equal(vocabulary, ops.unsqueeze(chosen, 1));
      seen.add(ops.or(state.seen().getFirst(), now));
    }
    Value ended = state.finished();
    for (int eos : generation.eosTokenIds()) {
      ended = ops.or(ended, ops.equal(chosen, body.scalar(eos)));
    }
    Value token =
        ops.where(state.finished(), body.scalar(generation.eosTokenIds().getFirst()), chosen);

    Value nextIndex = ops.add(state.lastIndex(), body.ints(new int[] {1}, 1));
    Value position = ops.add(ops.cast(nextIndex, ElementType.FLOAT32), offset);
    State next =
        new State(
            ops.unsqueeze(ops.gather(embedding(), token, 0), 1),
            ops.expand(ops.reshape(position, -1, 1, 1), body.list(1, 1, 3)),
            ops.mul(state.lastRow(), body.scalar(0)),
            nextIndex,
            ops.add(state.total(), body.ints(new int[] {1})),
            ended,
            context.cached(),
            seen,
            firstLogits,
            cache);
    Value allEnded = ops.min(ops.cast(ended, ElementType.INT32));
    results.add(ops.equal(allEnded, body.ints(new int[] {0})));
    results.addAll(next.toList());
    results.add(token);
  }

  /// Tables for this step's tokens, `[batch * tokens, headDim / 2]`, and which row is whose.
  private record Rotation(Value rows, Value cos, Value sin) {}

  private Rotation rotation(Ops ops, Value positions) {
    Graph body = ops.graph();
    float[] inverse = MropeRotary.inverseFrequencies(text.headDim(), text.ropeTheta());
    long[] axisOf = new long[inverse.length];
    int at = 0;
    for (int axis = 0; axis < text.mropeSection().size(); axis++) {
      for (int i = 0; i < text.mropeSection().get(axis); i++) {
        axisOf[at++] = axis;
      }
    }
    Value turning = ops.gather(positions, body.longs(axisOf, axisOf.length), 2);
    Value angles =
        ops.reshape(ops.mul(turning, body.floats(inverse, inverse.length)), -1, inverse.length);
    Value tokens = ops.dimension(angles, 0);
    Value all =
        ops.range(body.scalar(0), ops.reshape(tokens, body.longs(new long[0], 0)), body.scalar(1));
    Value perRow = ops.concat(List.of(ops.dimension(positions, 0), ops.dimension(positions, 1)), 0);
    return new Rotation(
        ops.reshape(all, perRow),
        ops.cast(ops.cos(angles), compute),
        ops.cast(ops.sin(angles), compute));
  }

  private Value layer(
      Ops ops,
      int layer,
      Value x,
      Rotation rotation,
      DecoderAttention.Step context,
      List<Value> pastCache,
      List<Value> cache) {
    String prefix = "model.layers." + layer + ".";
    double epsilon = text.rmsNormEps();
    Value normed = ops.rmsNorm(x, weights.get(prefix + "input_layernorm.weight"), epsilon);
    Value query = biased(ops, normed, prefix + "self_attn.q_proj");
    Value key = biased(ops, normed, prefix + "self_attn.k_proj");
    Value value = biased(ops, normed, prefix + "self_attn.v_proj");
    query = ops.rotary(query, rotation.rows(), rotation.cos(), rotation.sin(), text.heads());
    key = ops.rotary(key, rotation.rows(), rotation.cos(), rotation.sin(), text.kvHeads());
    Ops.Cached attended =
        context.attend(query, key, value, pastCache.get(2 * layer), pastCache.get(2 * layer + 1));
    cache.add(attended.keys());
    cache.add(attended.values());
    Value projected =
        ops.linear(attended.output(), weights.get(prefix + "self_attn.o_proj.weight"));
    x = ops.add(x, projected);
    Value hidden = ops.rmsNorm(x, weights.get(prefix + "post_attention_layernorm.weight"), epsilon);
    Value gate = ops.silu(ops.linear(hidden, weights.get(prefix + "mlp.gate_proj.weight")));
    Value up = ops.linear(hidden, weights.get(prefix + "mlp.up_proj.weight"));
    return ops.add(x, ops.linear(ops.mul(gate, up), weights.get(prefix + "mlp.down_proj.weight")));
  }

  private Value biased(Ops ops, Value x, String name) {
    return ops.linear(x, weights.get(name + ".weight"), weights.get(name + ".bias"));
  }

  /// Each token seen once or more: negative scores times the penalty, positive divided by it.
  private Value penalised(Ops ops, Value logits, Value seen) {
    Value penalty = ops.graph().scalar((float) generation.repetitionPenalty());
    Value zero = ops.graph().scalar(0f);
    Value punished =
        ops.where(ops.less(logits, zero), ops.mul(logits, penalty), ops.div(logits, penalty));
    return ops.where(seen, punished, logits);
  }

  private Value embedding() {
    return weights.get("model.embed_tokens.weight");
  }

  private Value outputProjection() {
    return text.tiedEmbeddings() ? embedding() : weights.get("lm_head.weight");
  }
}
