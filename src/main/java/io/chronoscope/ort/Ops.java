package io.chronoscope.ort;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The operators that a transformer needs, written into one [Graph]: ONNX's own and those of ONNX
/// Runtime. Results have the type of the first input unless stated otherwise.
///
/// Long because it is a catalogue: one short method for each operator, and no state.
public final class Ops {

  private static final int ARG_MAX_BLOCK = 128;

  private final Graph graph;

  public Ops(Graph graph) {
    this.graph = graph;
  }

  public Graph graph() {
    return graph;
  }

  public Value add(Value a, Value b) {
    return graph.node("Add", a.type(), List.of(a, b), Map.of());
  }

  public Value sub(Value a, Value b) {
    return graph.node("Sub", a.type(), List.of(a, b), Map.of());
  }

  public Value mul(Value a, Value b) {
    return graph.node("Mul", a.type(), List.of(a, b), Map.of());
  }

  public Value div(Value a, Value b) {
    return graph.node("Div", a.type(), List.of(a, b), Map.of());
  }

  public Value cos(Value angles) {
    return graph.node("Cos", angles.type(), List.of(angles), Map.of());
  }

  public Value sin(Value angles) {
    return graph.node("Sin", angles.type(), List.of(angles), Map.of());
  }

  public Value or(Value a, Value b) {
    return graph.node("Or", ElementType.BOOL, List.of(a, b), Map.of());
  }

  public Value equal(Value a, Value b) {
    return graph.node("Equal", ElementType.BOOL, List.of(a, b), Map.of());
  }

  public Value less(Value a, Value b) {
    return graph.node("Less", ElementType.BOOL, List.of(a, b), Map.of());
  }

  public Value lessOrEqual(Value a, Value b) {
    return graph.node("LessOrEqual", ElementType.BOOL, List.of(a, b), Map.of());
  }

  public Value and(Value a, Value b) {
    return graph.node("And", ElementType.BOOL, List.of(a, b), Map.of());
  }

  public Value where(Value condition, Value a, Value b) {
    return graph.node("Where", a.type(), List.of(condition, a, b), Map.of());
  }

  /// Returns `value` itself when it already has the type.
  public Value cast(Value value, ElementType type) {
    return value.type() == type
        ? value
        : graph.node("Cast", type, List.of(value), Map.of("to", type.proto().getNumber()));
  }

  /// @param shape INT64 list; 0 keeps a dimension, -1 is inferred
  public Value reshape(Value value, Value shape) {
    return graph.node("Reshape", value.type(), List.of(value, shape), Map.of());
  }

  public Value reshape(Value value, long... shape) {
    return reshape(value, graph.list(shape));
  }

  /// Like [#reshape(Value, Value)], but 0 means an empty dimension.
  public Value reshapeExactly(Value value, Value shape) {
    return graph.node("Reshape", value.type(), List.of(value, shape), Map.of("allowzero", 1));
  }

  public Value transpose(Value value, long... order) {
    return graph.node("Transpose", value.type(), List.of(value), Map.of("perm", order));
  }

  public Value unsqueeze(Value value, long axis) {
    return graph.node("Unsqueeze", value.type(), List.of(value, graph.list(axis)), Map.of());
  }

  public Value expand(Value value, Value shape) {
    return graph.node("Expand", value.type(), List.of(value, shape), Map.of());
  }

  /// One dimension of `value`, as an INT64 list of length 1.
  public Value dimension(Value value, int axis) {
    return graph.node(
        "Shape", ElementType.INT64, List.of(value), Map.of("start", axis, "end", axis + 1));
  }

  /// All dimensions of `value` but the last, as an INT64 list.
  public Value leadingDimensions(Value value) {
    return graph.node("Shape", ElementType.INT64, List.of(value), Map.of("start", 0, "end", -1));
  }

  /// `value` as rows of its last dimension.
  ///
  /// @return `[rows, width]`
  public Value rows(Value value) {
    return graph.node("Flatten", value.type(), List.of(value), Map.of("axis", -1));
  }

  public Value range(Value from, Value until, Value step) {
    return graph.node("Range", from.type(), List.of(from, until, step), Map.of());
  }

  public Value gather(Value data, Value indices, int axis) {
    return graph.node("Gather", data.type(), List.of(data, indices), Map.of("axis", axis));
  }

  /// `data[i, indices[i, j]]` for each `i` of the batch and each `j`.
  ///
  /// Not with `GatherND`, whose CUDA kernel copies sizes from the host: a captured graph would read
  /// them where they no longer are.
  ///
  /// @param data `[batch, n, width]`
  /// @param indices INT64 `[batch, m]`
  /// @return `[batch * m, width]`
  public Value gatherInBatch(Value data, Value indices, int width) {
    Value repeated = expand(unsqueeze(indices, 2), graph.list(1, 1, width));
    Value row =
        graph.node("GatherElements", data.type(), List.of(data, repeated), Map.of("axis", 1));
    return reshape(row, -1, width);
  }

  /// `data[i, indices[i]]` for each row.
  ///
  /// @param data `[rows, width]`
  /// @param indices INT64 `[rows]`
  /// @return `[rows]`
  public Value elementOfEach(Value data, Value indices) {
    Value element =
        graph.node(
            "GatherElements", data.type(), List.of(data, unsqueeze(indices, 1)), Map.of("axis", 1));
    return reshape(element, -1);
  }

  /// `data` with `updates[i]` written at `indices[i]`.
  public Value scatterNd(Value data, Value indices, Value updates) {
    return graph.node("ScatterND", data.type(), List.of(data, indices, updates), Map.of());
  }

  /// The rows of a column that hold true.
  ///
  /// @param column BOOL `[rows, 1]`
  /// @return INT64 `[n]`
  public Value rowsWhere(Value column) {
    Value indices = graph.node("NonZero", ElementType.INT64, List.of(column), Map.of());
    return gather(indices, graph.scalar(0), 0);
  }

  /// `data` with `additions[i]` added to row `rows[i]`.
  ///
  /// @param data `[rows, width]`
  /// @param rows INT64 `[n]`, all different
  /// @param additions `[n, width]`
  public Value addToRows(Value data, Value rows, Value additions) {
    return graph.node(
        "ScatterND",
        data.type(),
        List.of(data, unsqueeze(rows, 1), additions),
        Map.of("reduction", "add"));
  }

  public Value concat(List<Value> values, int axis) {
    return graph.node("Concat", values.getFirst().type(), values, Map.of("axis", axis));
  }

  /// @param sizes INT64 list with one size per part
  public List<Value> split(Value value, Value sizes, int parts, int axis) {
    return graph.nodes(
        "",
        "Split",
        Collections.nCopies(parts, value.type()),
        List.of(value, sizes),
        Map.of("axis", axis));
  }

  /// The two halves of `value` along an axis of even size.
  public List<Value> halves(Value value, int axis) {
    return graph.nodes(
        "",
        "Split",
        Collections.nCopies(2, value.type()),
        List.of(value),
        Map.of("axis", axis, "num_outputs", 2));
  }

  public Value argMax(Value value, int axis) {
    return graph.node(
        "ArgMax", ElementType.INT64, List.of(value), Map.of("axis", axis, "keepdims", 0));
  }

  /// As [#argMax] of `[rows, width]` over the last dimension, the lowest index among equal values
  /// included, by way of the maxima of blocks of the row. Over a vocabulary of 151,936 values CUDA
  /// takes milliseconds for `ArgMax`, since it reduces a row in one thread block, and microseconds
  /// for this form; on the CPU it is six times as fast, since maxima are vectorized.
  ///
  /// @param width of a row
  /// @return INT64 `[rows]`
  public Value argMaxByBlocks(Value rows, int width) {
    Value folded = folded(rows, width);
    Value maxima =
        graph.node("ReduceMax", rows.type(), List.of(folded, graph.list(2)), Map.of("keepdims", 0));
    Value block = argMax(maxima, 1);
    Value inBlock = argMax(gatherInBatch(folded, unsqueeze(block, 1), ARG_MAX_BLOCK), 1);
    return add(mul(block, graph.scalar(ARG_MAX_BLOCK)), inBlock);
  }

  /// The sum over one dimension, which is dropped.
  public Value sum(Value value, int axis) {
    return graph.node(
        "ReduceSum", value.type(), List.of(value, graph.list(axis)), Map.of("keepdims", 0));
  }

  /// `log(sum(exp(row)))` of `[rows, width]`, by way of blocks of the row, for the reason that
  /// [#argMaxByBlocks] has.
  ///
  /// @param width of a row
  /// @return `[rows]`
  public Value logSumExpByBlocks(Value rows, int width) {
    Value folded = folded(rows, width);
    return logSumExp(logSumExp(folded, 2), 1);
  }

  private Value logSumExp(Value value, int axis) {
    return graph.node(
        "ReduceLogSumExp", value.type(), List.of(value, graph.list(axis)), Map.of("keepdims", 0));
  }

  /// `[rows, width]` as `[rows, blocks, block]`; what is missing in the last block is −∞.
  private Value folded(Value rows, int width) {
    int blocks = Math.ceilDiv(width, ARG_MAX_BLOCK);
    int padding = blocks * ARG_MAX_BLOCK - width;
    Value padded =
        padding == 0
            ? rows
            : graph.node(
                "Pad",
                rows.type(),
                List.of(rows, graph.list(0, 0, 0, padding), graph.scalar(Float.NEGATIVE_INFINITY)),
                Map.of());
    return reshape(padded, -1, blocks, ARG_MAX_BLOCK);
  }

  /// The minimum of all elements of an INT32 tensor, as a scalar.
  public Value min(Value value) {
    return graph.node("ReduceMin", value.type(), List.of(value), Map.of("keepdims", 0));
  }

  public Value softmax(Value value, int axis) {
    return graph.node("Softmax", value.type(), List.of(value), Map.of("axis", axis));
  }

  public Value matMul(Value a, Value b) {
    return graph.node("MatMul", a.type(), List.of(a, b), Map.of());
  }

  /// `alpha · a · bᵀ`, over the last two dimensions.
  public Value matMulTransposed(Value a, Value b, float alpha) {
    return graph.contrib(
        "FusedMatMul", a.type(), List.of(a, b), Map.of("transB", 1, "alpha", alpha));
  }

  /// `x · weightᵀ` with a weight stored as `[out, in]`, as in checkpoints.
  public Value linear(Value x, Value weight) {
    return matMulTransposed(x, weight, 1f);
  }

  public Value abs(Value value) {
    return graph.node("Abs", value.type(), List.of(value), Map.of());
  }

  /// The larger of both, element by element.
  public Value max(Value a, Value b) {
    return graph.node("Max", a.type(), List.of(a, b), Map.of());
  }

  /// The maximum along the last dimension, which becomes 1.
  public Value maxOfRows(Value value) {
    return graph.node(
        "ReduceMax", value.type(), List.of(value, graph.list(-1)), Map.of("keepdims", 1));
  }

  /// The Euclidean norm along the last dimension, which becomes 1.
  public Value norm(Value value) {
    return graph.node(
        "ReduceL2", value.type(), List.of(value, graph.list(-1)), Map.of("keepdims", 1));
  }

  /// `round(value / step) + zeroPoint` as UINT8, saturated.
  ///
  /// @param step FLOAT32 scalar
  /// @param zeroPoint UINT8 scalar
  public Value quantize(Value value, Value step, Value zeroPoint) {
    return graph.node(
        "QuantizeLinear", ElementType.UINT8, List.of(value, step, zeroPoint), Map.of());
  }

  /// `(value - zeroPoint) · step` as FLOAT32.
  ///
  /// @param value UINT8
  /// @param step FLOAT32 scalar
  /// @param zeroPoint UINT8 scalar
  public Value dequantize(Value value, Value step, Value zeroPoint) {
    return graph.node(
        "DequantizeLinear", ElementType.FLOAT32, List.of(value, step, zeroPoint), Map.of());
  }

  /// `((x - zeroPoint) · step) · (matrix · scales)` as FLOAT32, summed in 32-bit integers.
  ///
  /// @param x UINT8 `[…, in]`
  /// @param step FLOAT32 scalar
  /// @param zeroPoint UINT8 scalar
  /// @param matrix INT8 `[in, out]`
  /// @param scales FLOAT32 `[out]`
  public Value integerMatMul(Value x, Value step, Value zeroPoint, Value matrix, Value scales) {
    return graph.contrib(
        "MatMulIntegerToFloat",
        ElementType.FLOAT32,
        List.of(x, matrix, step, scales, zeroPoint),
        Map.of());
  }

  /// Dimensions of a matrix of 4-bit integers for [#blockMatMul].
  ///
  /// @param blockSize inputs that share a scale, a power of two from 16 on
  public record Blocks4(long inputs, long outputs, long blockSize) {}

  /// Precision in which [#blockMatMul] multiplies.
  public enum BlockAccuracy {
    /// That of the other factor.
    AS_COMPUTED(1),
    /// The other factor is quantized to 8 bits, by row and block.
    INT8(4);

    private final int level;

    BlockAccuracy(int level) {
      this.level = level;
    }
  }

  /// `x · matrixᵀ` with a matrix of 4-bit integers: `(level - zero point) · scale`.
  ///
  /// @param x `[…, in]`
  /// @param matrix UINT8 `[out, blocks, blockSize / 2]`, the even input in the low bits
  /// @param scales `[out * blocks]` of the type of `x`
  /// @param zeroPoints UINT8 `[out * ceil(blocks / 2)]`, the even block in the low bits; 8 if empty
  public Value blockMatMul(
      Value x,
      Value matrix,
      Value scales,
      Optional<Value> zeroPoints,
      Blocks4 blocks,
      BlockAccuracy accuracy) {
    List<Value> inputs = new ArrayList<>(List.of(x, matrix, scales));
    zeroPoints.ifPresent(inputs::add);
    return graph.contrib(
        "MatMulNBits",
        x.type(),
        inputs,
        Map.of(
            "K", blocks.inputs(),
            "N", blocks.outputs(),
            "bits", 4,
            "block_size", blocks.blockSize(),
            "accuracy_level", accuracy.level));
  }

  /// Exact (erf) GELU.
  public Value gelu(Value x) {
    return graph.contrib("Gelu", x.type(), List.of(x), Map.of());
  }

  /// `x · sigmoid(x)`.
  public Value silu(Value x) {
    return graph.contrib("QuickGelu", x.type(), List.of(x), Map.of("alpha", 1f));
  }

  public Value rmsNorm(Value x, Value weight, double epsilon) {
    return graph.node(
        "SimplifiedLayerNormalization",
        x.type(),
        List.of(x, weight),
        Map.of("axis", -1, "epsilon", (float) epsilon, "stash_type", 1));
  }

  /// A normalized sum, and the sum.
  ///
  /// @param normalized as [#rmsNorm] of `sum`
  /// @param sum before normalization
  public record SkipNormalized(Value normalized, Value sum) {}

  /// RMS normalization of `x + skip + bias` over the last dimension, in one operator.
  ///
  /// @param bias `[hidden]`
  public SkipNormalized skipRmsNorm(
      Value x, Value skip, Optional<Value> bias, Value weight, double epsilon) {
    List<Value> inputs = new ArrayList<>(List.of(x, skip, weight));
    bias.ifPresent(inputs::add);
    List<Value> results =
        graph.contribFirstAndLast(
            "SkipSimplifiedLayerNormalization",
            x.type(),
            4,
            inputs,
            Map.of("epsilon", (float) epsilon));
    return new SkipNormalized(results.getFirst(), results.getLast());
  }

  /// Rotary embedding: rotates the pairs `(i, i + headDim / 2)` of every head.
  ///
  /// @param x `[batch, tokens, heads * headDim]`
  /// @param rows INT64 `[batch, tokens]`: which row of the tables rotates a token; or `[1]`: the
  ///   row for the first token of every sequence, the next row for the next token, and so on
  /// @param cos `[rows, headDim / 2]`, as `sin`
  public Value rotary(Value x, Value rows, Value cos, Value sin, int heads) {
    return graph.contrib(
        "RotaryEmbedding",
        x.type(),
        List.of(x, rows, cos, sin),
        Map.of("interleaved", 0, "num_heads", heads, "rotary_embedding_dim", 0));
  }

  /// Unmasked attention of every token to every token of its sequence.
  ///
  /// @param query `[batch, tokens, heads * headDim]`, as `key` and `value`
  public Value attention(Value query, Value key, Value value, int heads) {
    return graph.contrib(
        "MultiHeadAttention", query.type(), List.of(query, key, value), Map.of("num_heads", heads));
  }

  /// The result of attention over a KV cache.
  ///
  /// @param output `[batch, tokens, heads * headDim]`
  /// @param keys `[batch, kvHeads, cached, headDim]`
  /// @param values as `keys`
  public record Attended(Value output, Value keys, Value values) {}

  /// Causal grouped-query attention over a KV cache.
  ///
  /// @param query `[batch, tokens, heads * headDim]`
  /// @param key `[batch, tokens, kvHeads * headDim]`, as `value`
  /// @param pastKeys `[batch, kvHeads, cached, headDim]`, as `pastValues`
  /// @param lastCacheIndex INT32 `[batch]`: index in the cache of each sequence's last real token
  /// @param totalLength INT32, one element: tokens of the longest sequence
  public Attended groupedAttention(
      Value query,
      Value key,
      Value value,
      Value pastKeys,
      Value pastValues,
      Value lastCacheIndex,
      Value totalLength,
      int heads,
      int kvHeads) {
    List<Value> results =
        graph.nodes(
            OnnxProtos.CONTRIB,
            "GroupQueryAttention",
            List.of(query.type(), query.type(), query.type()),
            List.of(query, key, value, pastKeys, pastValues, lastCacheIndex, totalLength),
            Map.of("num_heads", heads, "kv_num_heads", kvHeads));
    return new Attended(results.get(0), results.get(1), results.get(2));
  }

  /// Runs one of two graphs, each with one output of the same type.
  ///
  /// @param condition BOOL scalar
  public Value choose(Value condition, Branch then, Branch otherwise) {
    return graph.node(
        "If",
        then.result().type(),
        List.of(condition),
        Map.of("then_branch", then.finish(), "else_branch", otherwise.finish()));
  }

  /// One branch of [#choose]: `body` computes `result`.
  public record Branch(Graph body, Value result) {

    Graph finish() {
      body.bodyOutput(result);
      return body;
    }
  }

  /// Runs `body` at most `steps` times while its condition holds. The body's inputs are (step,
  /// condition, state…), its outputs (condition, state…, collected…).
  ///
  /// @return the final state, then the collected values, stacked along a new first dimension
  public List<Value> loop(
      Value steps, Value condition, List<Value> state, Graph body, List<Value> bodyOutputs) {
    bodyOutputs.forEach(body::bodyOutput);
    List<Value> inputs = new ArrayList<>(List.of(steps, condition));
    inputs.addAll(state);
    List<ElementType> types = bodyOutputs.stream().skip(1).map(Value::type).toList();
    return graph.nodes("", "Loop", types, inputs, Map.of("body", body));
  }
}
