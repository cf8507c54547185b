package io.chronoscope.qwen.encoder;

import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import java.util.ArrayList;
import java.util.List;

/// Attention within windows: one unmasked batched attention for each window size. A size that a
/// frame does not have is an empty slice.
final class WindowAttention {

  /// Windows are whole, cut at the right border, cut at the bottom border, or both.
  static final int SIZES = 4;

  /// INT64 `[SIZES]`: patches of a frame pair in the windows of each size.
  static final String SIZE_PATCHES = "size_patches";

  private final Ops ops;
  private final Graph graph;
  private final int heads;
  private final EmptyWindows emptyWindows;
  private final Value sizePatches;
  private final List<Value> windowShapes = new ArrayList<>();
  private final List<Value> pairShapes = new ArrayList<>();

  /// Declares the graph's inputs for the windows.
  WindowAttention(Ops ops, int heads, EmptyWindows emptyWindows) {
    this.ops = ops;
    this.graph = ops.graph();
    this.heads = heads;
    this.emptyWindows = emptyWindows;
    this.sizePatches = graph.input(SIZE_PATCHES, ElementType.INT64, 1);
    for (int size = 0; size < SIZES; size++) {
      windowShapes.add(graph.input(windowShape(size), ElementType.INT64, 1));
      pairShapes.add(graph.input(pairShape(size), ElementType.INT64, 1));
    }
  }

  /// Input with the shape of the patches of one window size by window, `[pairs * windows, patches
  /// of a window, hidden]`.
  static String windowShape(int size) {
    return "window_shape." + size;
  }

  /// Input with the shape of the same patches by pair, `[pairs, patches, hidden]`.
  static String pairShape(int size) {
    return "pair_shape." + size;
  }

  /// @param query `[pairs, patches, hidden]` in window order, as `key` and `value`
  /// @return `[pairs, patches, hidden]` in window order
  Value attend(Value query, Value key, Value value) {
    List<Value> queries = ops.split(query, sizePatches, SIZES, 1);
    List<Value> keys = ops.split(key, sizePatches, SIZES, 1);
    List<Value> values = ops.split(value, sizePatches, SIZES, 1);
    List<Value> outputs = new ArrayList<>();
    for (int size = 0; size < SIZES; size++) {
      Value q = queries.get(size);
      Value k = keys.get(size);
      Value v = values.get(size);
      // Every frame has windows of the first size.
      if (size == 0 || emptyWindows == EmptyWindows.COMPUTE) {
        outputs.add(attend(ops, size, q, k, v));
      } else {
        Graph filled = graph.body("filled");
        Graph empty = graph.body("empty");
        Value isFilled = ops.less(graph.scalar(0), ops.gather(sizePatches, graph.scalar(size), 0));
        outputs.add(
            ops.choose(
                isFilled,
                new Ops.Branch(filled, attend(new Ops(filled), size, q, k, v)),
                new Ops.Branch(empty, q)));
      }
    }
    return ops.concat(outputs, 1);
  }

  private Value attend(Ops in, int size, Value query, Value key, Value value) {
    Value shape = windowShapes.get(size);
    Value attended =
        in.attention(
            in.reshapeExactly(query, shape),
            in.reshapeExactly(key, shape),
            in.reshapeExactly(value, shape),
            heads);
    return in.reshapeExactly(attended, pairShapes.get(size));
  }
}
