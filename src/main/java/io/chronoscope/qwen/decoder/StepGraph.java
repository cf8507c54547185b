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
import java.util.stream.IntStream;

/// The decoder of Qwen2.5-VL as a graph of a single step, over a KV cache that the caller owns.
///
/// A step takes a part of one prompt, or one token of each sequence of a batch, or the last token
/// of one sequence with draft tokens, behind what the cache holds already. The cache is input and
/// output: a run writes the new keys and values in place when the caller binds the same tensors to
/// both. So a prompt can be processed in parts, a cached beginning can be continued by several
/// prompts, and sequences can join and leave between two steps. See
/// `docs/design/0015-steps-and-prefixes.md`.
///
/// The operators are those of [DecoderGraph].
final class StepGraph {

  /// INT64 `[batch, tokens]`. More than one token only if the batch is one sequence.
  static final String TOKENS = DecoderGraph.TOKENS;

  /// FLOAT32 `[visual tokens, hidden]`: the encoder's embeddings.
  static final String VISUAL = DecoderGraph.VISUAL;

  /// INT64 `[visual tokens, 2]`: sequence and token at which each embedding goes.
  static final String VISUAL_INDICES = DecoderGraph.VISUAL_INDICES;

  /// FLOAT32 `[batch, tokens, 3]`: time, height and width position of each token.
  static final String POSITIONS = DecoderGraph.POSITIONS;

  /// INT64 `[batch, tokens]`: 0, 1, 2, …, the row of [#POSITIONS] for each token. Computed by the
  /// graph from shapes it would come from the host and be copied to a GPU in each step.
  static final String POSITION_ROWS = "position_rows";

  /// INT64 `[batch, selected]`: indices among [#TOKENS] of the tokens whose successors are
  /// selected. Rows of what belongs to such a token follow each other sequence by sequence.
  static final String LAST_TOKEN = DecoderGraph.LAST_TOKEN;

  /// INT32 `[batch]`: index of each sequence's last token in the KV cache, after this step.
  static final String LAST_CACHE_INDEX = DecoderGraph.LAST_CACHE_INDEX;

  /// INT32 `[1]`: tokens of the longest sequence, after this step.
  static final String TOTAL_LENGTH = "total_length";

  /// BOOL `[batch * selected, vocabulary]`: tokens that a sequence contains up to the one whose
  /// successor is selected; only with a repetition penalty.
  static final String SEEN = DecoderGraph.SEEN;

  /// INT64 `[batch * selected]`: the selected tokens.
  static final String SELECTED = "selected";

  /// FLOAT32 `[batch * selected, vocabulary]`: logits, before any penalty.
  static final String LOGITS = "logits";

  /// FLOAT32 `[batch * selected]`: the sum of the logits, before any penalty. Not finite when one
  /// of them is not.
  static final String LOGIT_SUMS = DecoderGraph.LOGIT_SUMS;

  /// FLOAT32 `[batch * selected]`: logarithms of the probabilities of [#SELECTED], before any
  /// penalty.
  static final String LOG_PROBABILITIES = DecoderGraph.LOG_PROBABILITIES;

  /// FLOAT32 `[batch, tokens, hidden]`: the residual stream between two parts.
  private static final String STREAM = "stream";

  private final TextConfig text;
  private final GreedySelection selection;
  private final ElementType compute;
  private final Graph graph;
  private final Ops ops;
  private final DecoderLayers layers;
  private final DecoderLayers.Range range;
  private final Value positions;
  private final Value positionRows;
  private final Value lastCacheIndex;

  /// Starts the graph of some layers.
  private StepGraph(
      String name,
      TextConfig text,
      GenerationDefaults generation,
      ModelWeights weights,
      ElementType compute,
      DecoderLayers.Range range) {
    this.text = text;
    this.selection = new GreedySelection(generation, text.vocabSize());
    this.compute = compute;
    this.graph = Graph.named(name);
    this.ops = new Ops(graph);
    this.range = range;
    this.layers =
        new DecoderLayers(
            text,
            new GraphWeights(ops, weights, compute),
            compute,
            new DecoderAttention.InPlace(text, graph.input(TOTAL_LENGTH, ElementType.INT32, 1)));
    this.positions = graph.input(POSITIONS, ElementType.FLOAT32, 3);
    this.positionRows = graph.input(POSITION_ROWS, ElementType.INT64, 2);
    this.lastCacheIndex = graph.input(LAST_CACHE_INDEX, ElementType.INT32, 1);
  }

  /// Name of a layer's cached keys among the inputs and, through [#next], among the outputs:
  /// `[batch, kvHeads, capacity, headDim]`.
  static String keys(int layer) {
    return DecoderGraph.keys(layer);
  }

  /// As [#keys], for the values.
  static String values(int layer) {
    return DecoderGraph.values(layer);
  }

  /// Name of the output that holds the input `cache` after the step.
  static String next(String cache) {
    return DecoderGraph.next(cache);
  }

  static Graph build(
      TextConfig text, GenerationDefaults generation, ModelWeights weights, ElementType compute) {
    return parts(text, generation, weights, compute, 1).getFirst();
  }

  /// The step as several graphs of about as many layers each, for
  /// [io.chronoscope.ort.Session#compileParts].
  ///
  /// @param count at most the number of layers
  static List<Graph> parts(
      TextConfig text,
      GenerationDefaults generation,
      ModelWeights weights,
      ElementType compute,
      int count) {
    return IntStream.range(0, count)
        .mapToObj(part ->
            new StepGraph(
                    "decoder-step-" + part,
                    text,
                    generation,
                    weights,
                    compute,
                    new DecoderLayers.Range(
                        text.layers() * part / count, text.layers() * (part + 1) / count))
                .write())
        .toList();
  }

  private Graph write() {
    boolean first = range.from() == 0;
    boolean last = range.until() == text.layers();
    Value stream =
        first ? embeddings() : graph.input(STREAM + range.from(), ElementType.FLOAT32, 3);
    Optional<Value> lastToken =
        last ? Optional.of(graph.input(LAST_TOKEN, ElementType.INT64, 2)) : Optional.empty();
    List<Value> cache = new ArrayList<>();
    for (int layer = range.from(); layer < range.until(); layer++) {
      cache.add(graph.input(keys(layer), compute, 4));
      cache.add(graph.input(values(layer), compute, 4));
    }
    DecoderLayers.Passed passed =
        layers.pass(
            ops,
            new DecoderLayers.Inputs(
                ops.cast(stream, compute),
                DecoderRotary.of(ops, text, compute, positions, positionRows),
                lastToken,
                lastCacheIndex,
                Optional.empty(),
                cache),
            range);
    if (last) {
      select(layers.logits(ops, passed).logits());
    } else {
      Value complete = ops.cast(passed.stream().complete(ops), ElementType.FLOAT32);
      graph.output(STREAM + range.until(), complete, 3);
    }
    for (int layer = range.from(); layer < range.until(); layer++) {
      int at = 2 * (layer - range.from());
      graph.directOutput(next(keys(layer)), passed.cache().get(at), 4);
      graph.directOutput(next(values(layer)), passed.cache().get(at + 1), 4);
    }
    return graph;
  }

  private Value embeddings() {
    Value tokens = graph.input(TOKENS, ElementType.INT64, 2);
    Value visual = graph.input(VISUAL, ElementType.FLOAT32, 2);
    Value visualIndices = graph.input(VISUAL_INDICES, ElementType.INT64, 2);
    Value embedded = ops.cast(layers.embed(ops, tokens), ElementType.FLOAT32);
    return ops.scatterNd(embedded, visualIndices, visual);
  }

  private void select(Value logits) {
    List<Value> seen =
        selection.penalizesRepetition()
            ? List.of(graph.input(SEEN, ElementType.BOOL, 2))
            : List.of();
    Value best = selection.best(ops, logits, seen);
    graph.output(SELECTED, best, 1);
    graph.output(LOG_PROBABILITIES, selection.logProbability(ops, logits, best), 1);
    graph.output(LOGITS, logits, 2);
    graph.output(LOGIT_SUMS, ops.sum(logits, 1), 1);
  }
}
