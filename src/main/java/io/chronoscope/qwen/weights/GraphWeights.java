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
import java.util.Map;

/// A checkpoint's weights as values of one graph, in the type that it computes in. They stay in
/// their files; where the stored type differs, the runtime converts once, when it compiles.
public final class GraphWeights {

  private final Ops ops;
  private final Weights weights;
  private final ElementType compute;
  private final Map<String, Value> values = new HashMap<>();

  public GraphWeights(Ops ops, Weights weights, ElementType compute) {
    this.ops = ops;
    this.weights = weights;
    this.compute = compute;
  }

  public Value get(String publishedName) {
    return values.computeIfAbsent(publishedName, name -> load(weights.get(name)));
  }

  private Value load(Tensor tensor) {
    Value stored =
        ops.graph()
            .weight(
                new ExternalWeight(
                    tensor.name(),
                    stored(tensor.type()),
                    Arrays.stream(tensor.shape()).boxed().toList(),
                    tensor.file(),
                    tensor.fileOffset()));
    return ops.cast(stored, compute);
  }

  private static ElementType stored(DataType type) {
    return switch (type) {
      case F32 -> ElementType.FLOAT32;
      case F16 -> ElementType.FLOAT16;
      case BF16 -> ElementType.BFLOAT16;
    };
  }
}
