package io.chronoscope.qwen.encoder;

import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Attention within windows: one unmasked batched attention for each window size. A size that a
/// frame does not have is an empty slice.
final class WindowAttention {

  /// Windows are whole, cut at the right border, cut at the bottom border, or both.
  static final int SIZES = 4;

  /// INT64 `[SIZES]`: patches of a frame pair in the windows of each size.
  static final String SIZE_PATCHES = "size_patches";

  /// BOOL scalar: whether all windows of the frame have the same size, as those of a frame whose
  /// sides are multiples of a window's; only with [EmptyWindows#SKIP].
  static final String ONE_SIZE = "one_size";

  private final Graph graph;
  private final int heads;
  private final EmptyWindows emptyWindows;
  private final Value sizePatches;
  private final List<Value> windowShapes = new ArrayList<>();
  private final List<Value> pairShapes = new ArrayList<>();
  private final List<Value> filled = new ArrayList<>();
  private final Optional<Value> oneSize;

  /// Declares the graph's inputs for the windows.
  WindowAttention(Graph graph, int heads, EmptyWindows emptyWindows) {
    this.graph = graph;
    this.heads = heads;
    this.emptyWindows = emptyWindows;
    this.sizePatches = graph.input(SIZE_PATCHES, ElementType.INT64, 1);
    for (int size = 0; size < SIZES; size++) {
      windowShapes.add(graph.input(windowShape(size), ElementType.INT64, 1));
      pairShapes.add(graph.input(pairShape(size), ElementType.INT64, 1));
    }
    if (emptyWindows == EmptyWindows.SKIP) {
      for (int size = 1; size < SIZES; size++) {
        filled.add(graph.input(filled(size), ElementType.BOOL, 0));
      }
      oneSize = Optional.of(graph.input(ONE_SIZE, ElementType.BOOL, 0));
    } else {
      oneSize = Optional.empty();
    }
  }

  /// [#ONE_SIZE] as a value of the graph.
  Value oneSize() {
    return oneSize.orElseThrow();
  }

  /// Input with whether the frame has windows of a size other than the first, BOOL scalar; only
  /// with [EmptyWindows#SKIP].
  static String filled(int size) {
    return "filled." + size;
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

  /// Attention in the windows of a frame that all have the same size.
  ///
  /// @param in the graph or a branch of it
  /// @param query `[pairs, patches, hidden]` in window order, as `key` and `value`
  /// @return `[pairs, patches, hidden]` in window order
  Value attendOneSize(Ops in, Value query, Value key, Value value) {
    return attend(in, 0, query, key, value);
  }

  /// Attention in windows of any size; parameters and result as in [#attendOneSize].
  Value attend(Ops in, Value query, Value key, Value value) {
    List<Value> queries = in.split(query, sizePatches, SIZES, 1);
    List<Value> keys = in.split(key, sizePatches, SIZES, 1);
    List<Value> values = in.split(value, sizePatches, SIZES, 1);
    List<Value> outputs = new ArrayList<>();
    for (int size = 0; size < SIZES; size++) {
      Value q = queries.get(size);
      Value k = keys.get(size);
      Value v = values.get(size);
      // Every frame has windows of the first size.
      if (size == 0 || emptyWindows == EmptyWindows.COMPUTE) {
        outputs.add(attend(in, size, q, k, v));
      } else {
        Graph some = in.graph().body("filled");
        Graph none = in.graph().body("empty");
        outputs.add(
            in.choose(
                filled.get(size - 1),
                new Ops.Branch(some, attend(new Ops(some), size, q, k, v)),
                new Ops.Branch(none, q)));
      }
    }
    return in.concat(outputs, 1);
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
