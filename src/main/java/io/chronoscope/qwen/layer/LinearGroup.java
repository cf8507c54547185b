package io.chronoscope.qwen.layer;

import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import io.chronoscope.qwen.weights.GraphWeights;
import java.util.List;
import java.util.Optional;

/// Linear layers over the same input.
public sealed interface LinearGroup {

  /// The layers `names`, as one product where that costs no memory.
  static LinearGroup of(GraphWeights weights, List<String> names) {
    List<String> matrices = names.stream().map(name -> name + ".weight").toList();
    List<String> biases = names.stream().map(name -> name + ".bias").toList();
    if (!weights.canStack(matrices) || !biases.stream().allMatch(weights::has)) {
      return new Separate(names.stream().map(name -> Linear.of(weights, name)).toList());
    }
    return new Stacked(
        new Linear(weights.stackedLinear(matrices), Optional.of(weights.stacked(biases))),
        matrices.stream().map(weights::rows).toList());
  }

  /// @param x `[…, in]`
  /// @return the result of each layer, `[…, out]`
  List<Value> apply(Ops ops, Value x);

  /// One product with the rows of all matrices.
  ///
  /// @param widths of the layers' results
  record Stacked(Linear all, List<Long> widths) implements LinearGroup {

    @Override
    public List<Value> apply(Ops ops, Value x) {
      long[] sizes = widths.stream().mapToLong(width -> width).toArray();
      return ops.split(all.apply(ops, x), ops.graph().list(sizes), sizes.length, -1);
    }
  }

  /// One product for each layer.
  record Separate(List<Linear> layers) implements LinearGroup {

    @Override
    public List<Value> apply(Ops ops, Value x) {
      return layers.stream().map(layer -> layer.apply(ops, x)).toList();
    }
  }
}
