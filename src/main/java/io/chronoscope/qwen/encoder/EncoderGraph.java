package io.chronoscope.qwen.encoder;

import io.chronoscope.checkpoint.Preprocessor;
import io.chronoscope.checkpoint.VisionConfig;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.layer.Linear;
import io.chronoscope.qwen.layer.Residual;
import io.chronoscope.qwen.layer.RmsNorm;
import io.chronoscope.qwen.layer.SwiGlu;
import io.chronoscope.qwen.layer.TransformerBlock;
import io.chronoscope.qwen.weights.GraphWeights;
import io.chronoscope.qwen.weights.ModelWeights;
import java.util.List;

/// The vision encoder of Qwen2.5-VL as one graph for every frame size: raw frame pairs in,
/// embeddings for the decoder out. All index tensors are computed on the host.
///
/// Window attention needs no mask: the host orders windows by size, so each of the at most four
/// sizes is one slice of the patches and one batched attention ([WindowAttention]). See
/// `docs/design/0005-windows-by-size.md`.
///
/// Ported from the architecture as published in transformers (`modeling_qwen2_5_vl.py`).
final class EncoderGraph {

  /// UINT8 `[pairs, 2, heightPx, widthPx, 3]`.
  static final String FRAMES = "frames";

  /// INT64 `[8]`: the shape into which [#FRAMES] is reshaped to cut it into patches by merged
  /// token.
  static final String PATCH_SHAPE = "patch_shape";

  /// INT64 `[merged tokens]`: for each position in window order, the row-major index of its token.
  static final String WINDOW_ORDER = "window_order";

  /// INT64 `[merged tokens]`: the inverse of [#WINDOW_ORDER].
  static final String ROW_ORDER = "row_order";

  /// FLOAT32 `[patches, headDim / 2]` in window order: row `i` rotates patch `i` of each pair.
  static final String COS = "cos";

  /// As [#COS].
  static final String SIN = "sin";

  /// FLOAT32 `[pairs, merged tokens, outHidden]`, row-major.
  static final String EMBEDDINGS = "embeddings";

  private static final double EPSILON = 1e-6;

  private final VisionConfig vision;
  private final Preprocessor preprocessor;
  private final ElementType compute;
  private final EmptyWindows emptyWindows;
  private final Graph graph = Graph.named("vision encoder");
  private final Ops ops = new Ops(graph);
  private final GraphWeights weights;

  private EncoderGraph(
      VisionConfig vision,
      Preprocessor preprocessor,
      ModelWeights weights,
      ElementType compute,
      EmptyWindows emptyWindows) {
    this.vision = vision;
    this.preprocessor = preprocessor;
    this.compute = compute;
    this.emptyWindows = emptyWindows;
    this.weights = new GraphWeights(ops, weights, compute);
  }

  static Graph build(
      VisionConfig vision,
      Preprocessor preprocessor,
      ModelWeights weights,
      ElementType compute,
      EmptyWindows emptyWindows) {
    return new EncoderGraph(vision, preprocessor, weights, compute, emptyWindows).build();
  }

  private Graph build() {
    WindowAttention windows = new WindowAttention(graph, vision.heads(), emptyWindows);
    Rotation rotation = new Rotation();
    Value patches = patchEmbeddings();
    Value normed =
        switch (emptyWindows) {
          case COMPUTE -> blocks(ops, patches, rotation, windows::attend);
          case SKIP -> {
            Graph single = graph.body("one window size");
            Graph several = graph.body("several window sizes");
            yield ops.choose(
                windows.oneSize(),
                new Ops.Branch(
                    single, blocks(new Ops(single), patches, rotation, windows::attendOneSize)),
                new Ops.Branch(
                    several, blocks(new Ops(several), patches, rotation, windows::attend)));
          }
        };
    graph.output(EMBEDDINGS, ops.cast(mergePatches(normed), ElementType.FLOAT32), 3);
    return graph;
  }

  /// Window attention of one block, as [WindowAttention#attend].
  private interface Windows {
    Value attend(Ops in, Value query, Value key, Value value);
  }

  /// @param in the graph itself or a branch of it
  /// @return `[pairs, patches, hidden]` in window order, normalized for the merger
  private Value blocks(Ops in, Value patches, Rotation rotation, Windows windows) {
    Residual x = Residual.of(patches);
    for (int block = 0; block < vision.depth(); block++) {
      x = block(in, block, x, rotation, windows);
    }
    return RmsNorm.of(weights, "visual.merger.ln_q.weight", EPSILON).apply(in, x).normalized();
  }

  /// @return `[pairs, patches, hidden]` in window order
  private Value patchEmbeddings() {
    Value frames = graph.input(FRAMES, ElementType.UINT8, 5);
    Value patchShape = graph.input(PATCH_SHAPE, ElementType.INT64, 1);
    Value windowOrder = graph.input(WINDOW_ORDER, ElementType.INT64, 1);
    // [pairs, frame, token row, patch row, y, token column, patch column, (x, channel)]
    Value pieces = ops.transpose(ops.reshape(frames, patchShape), 0, 2, 5, 3, 6, 1, 4, 7);
    int merge = vision.spatialMergeSize() * vision.spatialMergeSize();
    Value tokens = ops.reshape(pieces, 0, -1, (long) merge * vision.patchValues());
    Value ordered = ops.reshape(ops.gather(tokens, windowOrder, 1), 0, -1, vision.patchValues());
    Value pixels = ops.cast(ordered, ElementType.FLOAT32);
    Value mean = perPatchValue(preprocessor.mean().toArray());
    Value std = perPatchValue(preprocessor.std().toArray());
    Value normalized = ops.div(ops.sub(pixels, mean), std);
    Value weight =
        ops.cast(graph.floats(patchKernel(), vision.hiddenSize(), vision.patchValues()), compute);
    return ops.linear(ops.cast(normalized, compute), weight);
  }

  /// The patch embedding's kernel `[hidden, patch values]`, in the order of the pixels above: it is
  /// stored as (channel, frame, y, x), the pixels come as (frame, y, x, channel).
  private float[] patchKernel() {
    float[] stored = weights.numbers("visual.patch_embed.proj.weight");
    int channels = vision.inChannels();
    int positions = vision.patchValues() / channels;
    float[] kernel = new float[stored.length];
    for (int i = 0; i < stored.length; i++) {
      int position = i % positions;
      int channel = i / positions % channels;
      int output = i / positions / channels;
      kernel[(output * positions + position) * channels + channel] = stored[i];
    }
    return kernel;
  }

  /// Repeats per-channel numbers for each value of a patch, on the scale of 8-bit pixels.
  private Value perPatchValue(float[] perChannel) {
    float[] values = new float[vision.patchValues()];
    for (int i = 0; i < values.length; i++) {
      values[i] = perChannel[i % perChannel.length] * 255f;
    }
    return graph.floats(values, values.length);
  }

  private Residual block(Ops in, int block, Residual x, Rotation rotation, Windows windows) {
    String prefix = "visual.blocks." + block + ".";
    long hidden = vision.hiddenSize();
    Linear qkvProjection = Linear.of(weights, prefix + "attn.qkv");
    TransformerBlock layers =
        new TransformerBlock(
            RmsNorm.of(weights, prefix + "norm1.weight", EPSILON),
            Linear.of(weights, prefix + "attn.proj"),
            RmsNorm.of(weights, prefix + "norm2.weight", EPSILON),
            SwiGlu.of(weights, prefix + "mlp"));
    return layers.apply(
        in,
        x,
        normed -> {
          List<Value> qkv =
              in.split(qkvProjection.apply(in, normed), graph.list(hidden, hidden, hidden), 3, 2);
          Value query = rotation.apply(in, qkv.get(0));
          Value key = rotation.apply(in, qkv.get(1));
          Value value = qkv.get(2);
          return vision.fullAttentionBlocks().contains(block)
              ? in.attention(query, key, value, vision.heads())
              : windows.attend(in, query, key, value);
        });
  }

  /// The patch merger: the patches of a token side by side through a two-layer network.
  ///
  /// @param normed `[pairs, patches, hidden]` in window order
  /// @return `[pairs, merged tokens, outHidden]`, row-major
  private Value mergePatches(Value normed) {
    Value rowOrder = graph.input(ROW_ORDER, ElementType.INT64, 1);
    int merge = vision.spatialMergeSize() * vision.spatialMergeSize();
    Value tokens = ops.reshape(normed, 0, -1, (long) merge * vision.hiddenSize());
    Value hidden = ops.gelu(Linear.of(weights, "visual.merger.mlp.0").apply(ops, tokens));
    return ops.gather(Linear.of(weights, "visual.merger.mlp.2").apply(ops, hidden), rowOrder, 1);
  }

  /// Rotates queries and keys by the row and column of their patch, in the type that the graph
  /// computes in. The reference rotates in FP32 even where it computes in BF16, for which a GPU
  /// would convert queries and keys before and after; what the difference does to the embeddings is
  /// within the bounds of `Bfloat16GoldenTest`.
  private final class Rotation {

    /// The row of the tables that rotates the first patch of each pair; one row follows another.
    private final Value firstRow = graph.list(0);

    private final Value cos = ops.cast(graph.input(COS, ElementType.FLOAT32, 2), compute);
    private final Value sin = ops.cast(graph.input(SIN, ElementType.FLOAT32, 2), compute);

    Value apply(Ops in, Value x) {
      return in.rotary(x, firstRow, cos, sin, vision.heads());
    }
  }
}
