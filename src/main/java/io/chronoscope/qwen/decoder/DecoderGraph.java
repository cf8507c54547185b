package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.GenerationDefaults;
import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.weights.GraphWeights;
import io.chronoscope.qwen.weights.ModelWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The decoder of Qwen2.5-VL as one graph that generates many tokens in one run.
///
/// The graph is an ONNX `Loop`. Its first step processes the tokens it is given: a whole prompt
/// (prefill), or the last token of the previous run. Every further step processes the token that
/// the step before selected, so prefill and decode steps are the same operators over the same
/// weights. The KV cache, the seen tokens and the finished sequences are the loop's state and never
/// leave native memory. See `docs/design/0001-decode-loop-in-graph.md`.
///
/// A step is [DecoderLayers], from embeddings to logits, followed by [GreedySelection].
///
/// Ported from the architecture as published in transformers (`modeling_qwen2_5_vl.py`).
final class DecoderGraph {

  /// INT64 `[batch, tokens]`: the first step's token ids, padded on the right.
  static final String TOKENS = "tokens";

  /// FLOAT32 `[visual tokens, hidden]`: the encoder's embeddings.
  static final String VISUAL = "visual";

  /// INT64 `[visual tokens, 2]`: sequence and token at which each embedding goes.
  static final String VISUAL_INDICES = "visual_indices";

  /// FLOAT32 `[batch, tokens, 3]`: time, height and width position of each token.
  static final String POSITIONS = "positions";

  /// INT64 `[batch, 1]`: index of each sequence's last real token among [#TOKENS].
  static final String LAST_TOKEN = "last_token";

  /// INT32 `[batch]`: index of each sequence's last real token in the KV cache.
  static final String LAST_CACHE_INDEX = "last_cache_index";

  /// FLOAT32 `[batch]`: what to add to a generated token's cache index to get its position.
  static final String POSITION_DELTA = "position_delta";

  /// BOOL `[batch]`: sequences that have ended.
  static final String FINISHED = "finished";

  /// BOOL `[batch, vocabulary]`: tokens that a sequence contains; only with a repetition penalty.
  static final String SEEN = "seen";

  /// INT64 scalar: steps to run at most.
  static final String STEPS = "steps";

  /// BOOL `[batch, cached]`: slots of the KV cache that hold real tokens.
  static final String CACHE_MASK = "cache_mask";

  /// INT64 `[steps, batch]`: the selected tokens.
  static final String GENERATED = "generated";

  /// FLOAT32 `[batch, vocabulary]`: logits of the first step, before any penalty.
  static final String FIRST_LOGITS = "first_logits";

  /// FLOAT32 `[steps, batch]`: the sum of each step's logits, before any penalty. Not finite when
  /// one of them is not.
  static final String LOGIT_SUMS = "logit_sums";

  /// FLOAT32 `[steps, batch]`: logarithms of the probabilities of [#GENERATED], before any penalty.
  static final String LOG_PROBABILITIES = "log_probabilities";

  private final TextConfig text;
  private final ElementType compute;
  private final Graph outer = Graph.named("decoder");
  private final Ops outerOps = new Ops(outer);
  private final DecoderLayers layers;
  private final GreedySelection selection;

  private DecoderGraph(
      TextConfig text,
      GenerationDefaults generation,
      ModelWeights weights,
      ElementType compute,
      DecoderAttention attention) {
    this.text = text;
    this.compute = compute;
    this.layers =
        new DecoderLayers(text, new GraphWeights(outerOps, weights, compute), compute, attention);
    this.selection = new GreedySelection(generation, text.vocabSize());
  }

  static Graph build(
      TextConfig text,
      GenerationDefaults generation,
      ModelWeights weights,
      ElementType compute,
      DecoderAttention attention) {
    return new DecoderGraph(text, generation, weights, compute, attention).build();
  }

  /// Name of a layer's cached keys among the inputs and, through [#next], among the outputs:
  /// `[batch, kvHeads, cached, headDim]`.
  static String keys(int layer) {
    return "keys." + layer;
  }

  /// As [#keys], for the values.
  static String values(int layer) {
    return "values." + layer;
  }

  /// Name of the output that is the next run's input `state`.
  static String next(String state) {
    return "next_" + state;
  }

  /// What one step passes to the next.
  private record State(
      Value embeddings,
      Value rotaryRows,
      Value lastToken,
      Value lastCacheIndex,
      Value finished,
      Value cacheMask,
      List<Value> seen,
      Value firstLogits,
      List<Value> cache) {

    List<Value> toList() {
      List<Value> all =
          new ArrayList<>(
              List.of(embeddings, rotaryRows, lastToken, lastCacheIndex, finished, cacheMask));
      all.addAll(seen);
      all.add(firstLogits);
      all.addAll(cache);
      return all;
    }

    /// Index of `seen` in [#toList()].
    static final int SEEN_AT = 6;

    /// Dimensions of each value in [#toList()].
    static int rank(int index, int cacheAt) {
      int[] fixed = {3, 2, 2, 1, 1, 2};
      return index < fixed.length ? fixed[index] : index < cacheAt ? 2 : 4;
    }

    DecoderLayers.Inputs layerInputs(DecoderRotary.Tables tables) {
      return new DecoderLayers.Inputs(
          embeddings,
          DecoderRotary.of(rotaryRows, tables),
          Optional.of(lastToken),
          lastCacheIndex,
          Optional.of(cacheMask),
          cache);
    }
  }

  private Graph build() {
    Value delta = outer.input(POSITION_DELTA, ElementType.FLOAT32, 1);
    Value steps = outer.input(STEPS, ElementType.INT64, 0);
    Value positions = outer.input(POSITIONS, ElementType.FLOAT32, 3);
    Value lastCacheIndex = outer.input(LAST_CACHE_INDEX, ElementType.INT32, 1);
    Value nextPosition =
        outerOps.add(
            outerOps.add(outerOps.cast(lastCacheIndex, ElementType.FLOAT32), delta),
            outer.scalar(1f));
    DecoderRotary.Tables rotary =
        DecoderRotary.tables(outerOps, text, compute, positions, nextPosition, steps);
    State initial = initialState(rotary.firstRows(), lastCacheIndex);

    Graph body = outer.body("step");
    Value step = body.bodyInput("step", ElementType.INT64, 0);
    body.bodyInput("continue", ElementType.BOOL, 0);
    State state = bodyState(body, initial);
    List<Value> results = new ArrayList<>();
    writeStep(new Ops(body), step, rotary, state, results);

    List<Value> ends =
        outerOps.loop(steps, outer.bools(new boolean[] {true}), initial.toList(), body, results);
    int at = State.SEEN_AT;
    outer.output(next(CACHE_MASK), ends.get(at - 1), 2);
    if (selection.penalizesRepetition()) {
      outer.output(next(SEEN), ends.get(at++), 2);
    }
    outer.output(FIRST_LOGITS, ends.get(at++), 2);
    for (int layer = 0; layer < text.layers(); layer++) {
      outer.output(next(keys(layer)), ends.get(at++), 4);
      outer.output(next(values(layer)), ends.get(at++), 4);
    }
    outer.output(GENERATED, ends.get(at++), 2);
    outer.output(LOGIT_SUMS, ends.get(at++), 2);
    outer.output(LOG_PROBABILITIES, ends.get(at), 2);
    return outer;
  }

  private State initialState(Value rotaryRows, Value lastCacheIndex) {
    Value tokens = outer.input(TOKENS, ElementType.INT64, 2);
    Value visual = outer.input(VISUAL, ElementType.FLOAT32, 2);
    Value visualIndices = outer.input(VISUAL_INDICES, ElementType.INT64, 2);
    Value embedded = outerOps.cast(layers.embed(outerOps, tokens), ElementType.FLOAT32);
    Value embeddings = outerOps.cast(outerOps.scatterNd(embedded, visualIndices, visual), compute);
    List<Value> cache = new ArrayList<>();
    Value lastToken = outer.input(LAST_TOKEN, ElementType.INT64, 2);
    Value finished = outer.input(FINISHED, ElementType.BOOL, 1);
    Value cacheMask = outer.input(CACHE_MASK, ElementType.BOOL, 2);
    List<Value> seen =
        selection.penalizesRepetition()
            ? List.of(outer.input(SEEN, ElementType.BOOL, 2))
            : List.of();
    for (int layer = 0; layer < text.layers(); layer++) {
      cache.add(outer.input(keys(layer), compute, 4));
      cache.add(outer.input(values(layer), compute, 4));
    }
    return new State(
        embeddings,
        rotaryRows,
        lastToken,
        lastCacheIndex,
        finished,
        cacheMask,
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
        own.subList(State.SEEN_AT, afterSeen),
        own.get(afterSeen),
        own.subList(afterSeen + 1, own.size()));
  }

  private void writeStep(
      Ops ops, Value step, DecoderRotary.Tables rotary, State state, List<Value> results) {
    Graph body = ops.graph();
    DecoderLayers.Outputs outputs = layers.apply(ops, state.layerInputs(rotary));
    Value firstStep = ops.equal(step, body.scalar(0));
    Value firstLogits = ops.where(firstStep, outputs.logits(), state.firstLogits());
    GreedySelection.Selected selected =
        selection.select(ops, outputs.logits(), state.seen(), state.finished());

    State next =
        new State(
            ops.unsqueeze(layers.embed(ops, selected.token()), 1),
            ops.unsqueeze(ops.add(rotary.nextRows(), step), 1),
            ops.mul(state.lastToken(), body.scalar(0)),
            ops.add(state.lastCacheIndex(), body.ints(new int[] {1}, 1)),
            selected.finished(),
            outputs.cacheMask().orElseThrow(),
            selected.seen(),
            firstLogits,
            outputs.cache());
    Value allFinished = ops.min(ops.cast(selected.finished(), ElementType.INT32));
    results.add(ops.equal(allFinished, body.ints(new int[] {0})));
    results.addAll(next.toList());
    results.add(selected.token());
    results.add(ops.sum(outputs.logits(), 1));
    results.add(selection.logProbability(ops, outputs.logits(), selected.token()));
  }
}
