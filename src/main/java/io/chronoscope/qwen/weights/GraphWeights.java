package io.chronoscope.qwen.weights;

import io.chronoscope.checkpoint.DataType;
import io.chronoscope.checkpoint.Tensor;
import io.chronoscope.checkpoint.Weights;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.ExternalWeight;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A checkpoint's weights as values of one graph, in the type that the graph computes in. The
/// weights stay in their files; where the stored type differs, the runtime converts them once, when
/// it compiles the graph.
public final class GraphWeights {

  private final Ops ops;
  private final Weights weights;
  private final ElementType compute;
  private final Map<String, Value> values = new HashMap<>();

  /// @param ops of the outermost graph
  /// @param compute type that the graph computes in
  public GraphWeights(Ops ops, Weights weights, ElementType compute) {
    this.ops = ops;
    this.weights = weights;
    this.compute = compute;
  }

  public boolean has(String publishedName) {
    return weights.names().contains(publishedName);
  }

  /// A tensor of any shape: a norm, a bias, an embedding table.
  ///
  /// @throws IllegalArgumentException when the checkpoint has no such tensor
  public Value tensor(String publishedName) {
    return values.computeIfAbsent(publishedName, name -> load(weights.get(name)));
  }

  /// The matrix of a linear layer.
  ///
  /// @throws IllegalArgumentException when the checkpoint has no such tensor
  public LinearWeight linear(String publishedName) {
    return new LinearWeight.Dense(tensor(publishedName));
  }

  /// Whether matrices can be stacked at no cost: their weights are converted when the graph is
  /// compiled, or computed in BF16, which happens on a GPU alone, to which they are copied. Weights
  /// that are computed as they are mapped stay where they are.
  public boolean canStack(List<String> publishedNames) {
    return publishedNames.stream()
        .map(name -> storedType(weights.get(name).type()))
        .allMatch(type -> type != compute || compute == ElementType.BFLOAT16);
  }

  /// Tensors below each other, `[sum of rows, …]`. The runtime joins them once, when it compiles
  /// the graph.
  public Value stacked(List<String> publishedNames) {
    return ops.concat(publishedNames.stream().map(this::tensor).toList(), 0);
  }

  /// The matrices of several linear layers over the same input as one.
  public LinearWeight stackedLinear(List<String> publishedNames) {
    return new LinearWeight.Dense(stacked(publishedNames));
  }

  /// The first dimension of a tensor: the width of a linear layer's result.
  public long rows(String publishedName) {
    return weights.get(publishedName).shape()[0];
  }

  private Value load(Tensor tensor) {
    Value stored =
        ops.graph()
            .weight(
                new ExternalWeight(
                    tensor.name(),
                    storedType(tensor.type()),
                    Arrays.stream(tensor.shape()).boxed().toList(),
                    tensor.file(),
                    tensor.fileOffset()));
    return ops.cast(stored, compute);
  }

  private static ElementType storedType(DataType type) {
    return switch (type) {
      case F32 -> ElementType.FLOAT32;
      case F16 -> ElementType.FLOAT16;
      case BF16 -> ElementType.BFLOAT16;
    };
  }
}
