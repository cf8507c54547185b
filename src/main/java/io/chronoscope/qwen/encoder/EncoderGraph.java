package io.chronoscope.qwen.encoder;

import io.chronoscope.checkpoint.Preprocessor;
import io.chronoscope.checkpoint.VisionConfig;
import io.chronoscope.checkpoint.Weights;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.weights.GraphWeights;
import java.util.ArrayList;
import java.util.List;

/// The vision encoder of Qwen2.5-VL as one graph for every frame size: raw frame pairs in, rows for
/// the decoder out. All indices come from the host.
///
/// Attention windows need no mask: the host orders them by size, so each of the at most four sizes
/// is one slice of the patches and one batched attention. See
/// `docs/design/0005-windows-by-size.md`.
///
/// Ported from the architecture as published in transformers (`modeling_qwen2_5_vl.py`).
final class EncoderGraph {

  /// `[pairs, 2, heightPx, widthPx, 3]`, UINT8.
  static final String FRAMES = "frames";

  /// Dimensions that cut [#FRAMES] into patches of merged tokens.
  static final String CUT = "cut";

  /// For each place in window order, the row-major index of its merged token.
  static final String TO_WINDOWS = "to_windows";

  /// The inverse of [#TO_WINDOWS].
  static final String TO_ROWS = "to_rows";

  /// INT64 `[pairs, patches]`: 0, 1, … in each row.
  static final String PATCH_ROWS = "patch_rows";

  /// `[patches, headDim / 2]` in window order.
  static final String COS = "cos";

  static final String SIN = "sin";

  /// Patches of a frame pair in the windows of each size, [#SIZES] numbers.
  static final String SIZE_PATCHES = "size_patches";

  /// `[pairs, merged tokens, outHidden]`, row-major.
  static final String EMBEDDINGS = "embeddings";

  /// Windows are whole, cut at the right, cut at the bottom, or both.
  static final int SIZES = 4;

  private static final double EPSILON = 1e-6;

  private final VisionConfig vision;
  private final Preprocessor preprocessor;
  private final ElementType compute;
  private final boolean skipEmpty;
  private final Graph graph = Graph.named("vision encoder");
  private final Ops ops = new Ops(graph);
  private final GraphWeights weights;

  private EncoderGraph(
      VisionConfig vision,
      Preprocessor preprocessor,
      Weights weights,
      ElementType compute,
      boolean skipEmpty) {
    this.vision = vision;
    this.preprocessor = preprocessor;
    this.compute = compute;
    this.skipEmpty = skipEmpty;
    this.weights = new GraphWeights(ops, weights, compute);
  }

  /// @param skipEmpty whether window sizes that a frame does not have are branched around. The
  ///   CPU's kernels take empty tensors; a CUDA kernel cannot be launched over nothing
  static Graph build(
      VisionConfig vision,
      Preprocessor preprocessor,
      Weights weights,
      ElementType compute,
      boolean skipEmpty) {
    return new EncoderGraph(vision, preprocessor, weights, compute, skipEmpty).build();
  }

  /// Dimensions of the windows of one size, `[pairs * windows, patches of a window, hidden]`.
  static String windows(int size) {
    return "windows." + size;
  }

  /// Dimensions of the same patches as rows of their pairs, `[pairs, patches, hidden]`.
  static String joined(int size) {
    return "joined." + size;
  }

  private Graph build() {
    Windows windows = new Windows();
    Rotation rotation = new Rotation();
    Value x = patches();
    for (int block = 0; block < vision.depth(); block++) {
      x = block(block, x, rotation, windows);
    }
    graph.output(EMBEDDINGS, ops.cast(merged(x), ElementType.FLOAT32), 3);
    return graph;
  }

  private Value patches() {
    Value frames = graph.input(FRAMES, ElementType.UINT8, 5);
    Value cut = graph.input(CUT, ElementType.INT64, 1);
    Value toWindows = graph.input(TO_WINDOWS, ElementType.INT64, 1);
    // [pairs, frame, token row, patch row, y, token column, patch column, (x, channel)]
    Value pieces = ops.transpose(ops.reshape(frames, cut), 0, 2, 5, 3, 6, 1, 4, 7);
    int merge = vision.spatialMergeSize() * vision.spatialMergeSize();
    Value tokens = ops.reshape(pieces, 0, -1, (long) merge * vision.patchValues());
    Value ordered = ops.reshape(ops.gather(tokens, toWindows, 1), 0, -1, vision.patchValues());
    Value pixels = ops.cast(ordered, ElementType.FLOAT32);
    Value mean = perPatch(preprocessor.mean().toArray());
    Value std = perPatch(preprocessor.std().toArray());
    Value normalised = ops.div(ops.sub(pixels, mean), std);
    // stored (channel, frame, y, x); the pixels above come as (frame, y, x, channel)
    Value weight =
        ops.reshape(
            ops.transpose(weights.get("visual.patch_embed.proj.weight"), 0, 2, 3, 4, 1),
            vision.hiddenSize(),
            vision.patchValues());
    return ops.linear(ops.cast(normalised, compute), weight);
  }

  /// A number for each value of a patch, on the scale of 8-bit pixels.
  private Value perPatch(float[] perChannel) {
    float[] values = new float[vision.patchValues()];
    for (int i = 0; i < values.length; i++) {
      values[i] = perChannel[i % perChannel.length] * 255f;
    }
    return graph.floats(values, values.length);
  }

  private Value block(int block, Value x, Rotation rotation, Windows windows) {
    String prefix = "visual.blocks." + block + ".";
    Value normed = ops.rmsNorm(x, weights.get(prefix + "norm1.weight"), EPSILON);
    long hidden = vision.hiddenSize();
    List<Value> qkv =
        ops.split(linear(normed, prefix + "attn.qkv"), graph.list(hidden, hidden, hidden), 3, 2);
    Value query = rotation.turn(qkv.get(0));
    Value key = rotation.turn(qkv.get(1));
    Value value = qkv.get(2);
    Value attended =
        vision.fullAttentionBlocks().contains(block)
            ? ops.attention(query, key, value, vision.heads())
            : windows.attend(query, key, value);
    Value afterAttention = ops.add(x, linear(attended, prefix + "attn.proj"));
    Value hiddenNormed = ops.rmsNorm(afterAttention, weights.get(prefix + "norm2.weight"), EPSILON);
    Value gate = ops.silu(linear(hiddenNormed, prefix + "mlp.gate_proj"));
    Value up = linear(hiddenNormed, prefix + "mlp.up_proj");
    return ops.add(afterAttention, linear(ops.mul(gate, up), prefix + "mlp.down_proj"));
  }

  private Value merged(Value x) {
    Value toRows = graph.input(TO_ROWS, ElementType.INT64, 1);
    Value normed = ops.rmsNorm(x, weights.get("visual.merger.ln_q.weight"), EPSILON);
    int merge = vision.spatialMergeSize() * vision.spatialMergeSize();
    Value four = ops.reshape(normed, 0, -1, (long) merge * vision.hiddenSize());
    Value hidden = ops.gelu(linear(four, "visual.merger.mlp.0"));
    return ops.gather(linear(hidden, "visual.merger.mlp.2"), toRows, 1);
  }

  private Value linear(Value x, String name) {
    return ops.linear(x, weights.get(name + ".weight"), weights.get(name + ".bias"));
  }

  /// Turns queries and keys by row and column of their patch, in FP32.
  private final class Rotation {

    private final Value rows = graph.input(PATCH_ROWS, ElementType.INT64, 2);
    private final Value cos = graph.input(COS, ElementType.FLOAT32, 2);
    private final Value sin = graph.input(SIN, ElementType.FLOAT32, 2);

    Value turn(Value x) {
      Value wide = ops.cast(x, ElementType.FLOAT32);
      return ops.cast(ops.rotary(wide, rows, cos, sin, vision.heads()), compute);
    }
  }

  /// Attention inside windows, one batch for each size; a size that a frame does not have is empty.
  private final class Windows {

    private final Value sizePatches = graph.input(SIZE_PATCHES, ElementType.INT64, 1);
    private final List<Value> windows = new ArrayList<>();
    private final List<Value> joined = new ArrayList<>();

    Windows() {
      for (int size = 0; size < SIZES; size++) {
        windows.add(graph.input(windows(size), ElementType.INT64, 1));
        joined.add(graph.input(joined(size), ElementType.INT64, 1));
      }
    }

    Value attend(Value query, Value key, Value value) {
      List<Value> queries = ops.split(query, sizePatches, SIZES, 1);
      List<Value> keys = ops.split(key, sizePatches, SIZES, 1);
      List<Value> values = ops.split(value, sizePatches, SIZES, 1);
      List<Value> outputs = new ArrayList<>();
      for (int size = 0; size < SIZES; size++) {
        Value q = queries.get(size);
        Value k = keys.get(size);
        Value v = values.get(size);
        if (size == 0 || !skipEmpty) {
          outputs.add(attend(ops, size, q, k, v));
        } else {
          Graph filled = graph.body("filled");
          Graph empty = graph.body("empty");
          Value isFilled =
              ops.less(graph.scalar(0), ops.gather(sizePatches, graph.scalar(size), 0));
          outputs.add(
              ops.choose(
                  isFilled,
                  new Ops.Branch(filled, attend(new Ops(filled), size, q, k, v)),
                  new Ops.Branch(empty, q)));
        }
      }
      return ops.concat(outputs, 1);
    }

    private Value attend(Ops at, int size, Value query, Value key, Value value) {
      Value shape = windows.get(size);
      Value attended =
          at.attention(
              at.reshapeExactly(query, shape),
              at.reshapeExactly(key, shape),
              at.reshapeExactly(value, shape),
              vision.heads());
      return at.reshapeExactly(attended, joined.get(size));
    }
  }
}
