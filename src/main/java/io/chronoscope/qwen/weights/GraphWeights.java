package io.chronoscope.qwen.weights;

import io.chronoscope.checkpoint.DataType;
import io.chronoscope.checkpoint.Tensor;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.ExternalWeight;
import io.chronoscope.ort.MappedWeight;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A checkpoint's weights as values of one graph, in the type that the graph computes in. The
/// weights stay in their files; where the stored type differs, the runtime converts them once, when
/// it compiles the graph.
public final class GraphWeights {

  /// Products behind a norm: a token's activations are of similar size, and 8 bits are enough.
  private static final Pattern SIMILAR_ACTIVATIONS =
      Pattern.compile("\\.(qkv|q_proj|k_proj|v_proj|gate_proj|up_proj)\\.weight$");

  /// The other products of the encoder's blocks, where few tokens have outliers. For prompts, whose
  /// `down_proj` has three times as many inputs, it would save next to nothing
  /// (docs/benchmarks/cpu-3b.md).
  private static final Pattern SOME_OUTLIERS =
      Pattern.compile("^visual\\.blocks\\..*\\.(attn\\.proj|down_proj)\\.weight$");

  /// Over fewer inputs the errors of single activations do not average out, and a second digit
  /// costs little.
  private static final long NARROW = 1024;

  /// A GPU's fast products need rows of whole 16 bytes: eight numbers in BF16.
  private static final long ALIGNED_NUMBERS = 8;

  private final Ops ops;
  private final ModelWeights weights;
  private final ElementType compute;
  private final Map<String, Value> stored = new HashMap<>();
  private final Map<String, Value> values = new HashMap<>();

  /// @param ops of the outermost graph
  /// @param compute type that the graph computes in
  public GraphWeights(Ops ops, ModelWeights weights, ElementType compute) {
    this.ops = ops;
    this.weights = weights;
    this.compute = compute;
  }

  public boolean has(String publishedName) {
    return weights.stored().names().contains(publishedName);
  }

  /// A tensor of any shape: a norm, a bias, an embedding table.
  ///
  /// @throws IllegalArgumentException when the checkpoint has no such tensor
  public Value tensor(String publishedName) {
    return values.computeIfAbsent(publishedName, name -> ops.cast(stored(name), compute));
  }

  /// The numbers of a tensor, for the graph's own constants.
  ///
  /// @throws IllegalArgumentException when the checkpoint has no such tensor
  public float[] numbers(String publishedName) {
    return weights.stored().get(publishedName).toFloats();
  }

  /// The matrix of a linear layer, in the finest format that there is for it.
  ///
  /// @throws IllegalArgumentException when the checkpoint has no such tensor
  public LinearWeight linear(String publishedName) {
    Optional<LinearWeight> eight =
        weights.int8(publishedName).map(matrix -> int8(publishedName, matrix));
    Optional<LinearWeight> four = weights.int4(publishedName).map(this::int4);
    if (eight.isPresent() && four.isPresent()) {
      return new LinearWeight.ByLength(eight.get(), four.get());
    }
    return eight.or(() -> four).orElseGet(() -> new LinearWeight.Dense(tensor(publishedName)));
  }

  private boolean isDerived(String publishedName) {
    return weights.int8(publishedName).isPresent() || weights.int4(publishedName).isPresent();
  }

  private LinearWeight int8(String publishedName, Int8Matrices.Matrix matrix) {
    long inputs = matrix.values().shape().getFirst();
    return new LinearWeight.Int8(
        derived(matrix.values()),
        derived(matrix.scales()),
        matrix.rest().map(this::derived),
        inputs,
        digits(publishedName, inputs));
  }

  private static LinearWeight.ActivationDigits digits(String publishedName, long inputs) {
    if (inputs < NARROW) {
      return LinearWeight.ActivationDigits.TWO;
    }
    if (SIMILAR_ACTIVATIONS.matcher(publishedName).find()) {
      return LinearWeight.ActivationDigits.ONE;
    }
    return SOME_OUTLIERS.matcher(publishedName).find()
        ? LinearWeight.ActivationDigits.TWO_FOR_OUTLIERS
        : LinearWeight.ActivationDigits.TWO;
  }

  private LinearWeight int4(Int4Matrices.Matrix matrix) {
    return new LinearWeight.Int4(
        derived(matrix.values()),
        derived(matrix.scales()),
        matrix.zeroPoints().map(this::derived),
        matrix.order().map(this::derived),
        new Ops.Blocks4(matrix.inputs(), matrix.outputs(), matrix.blockSize()),
        weights.int4Accuracy());
  }

  private Value derived(ExternalWeight weight) {
    return values.computeIfAbsent(weight.name(), name -> ops.graph().weight(weight));
  }

  /// Rows of a table, such as the embeddings of tokens. Beside matrices in other formats the table
  /// stays as it is stored, and only the rows are converted; otherwise a tied output projection
  /// needs all of it anyway.
  ///
  /// @param in ops of the graph that holds the weights, or of a loop body inside it
  /// @param indices INT64, of any shape
  /// @return `[…, columns]`
  public Value gatherRows(Ops in, String publishedName, Value indices) {
    if (!weights.isDerived()) {
      return in.gather(tensor(publishedName), indices, 0);
    }
    Value table =
        weights.table(publishedName).map(this::derived).orElseGet(() -> stored(publishedName));
    return in.cast(in.gather(table, indices, 0), compute);
  }

  private Value stored(String publishedName) {
    return stored.computeIfAbsent(publishedName, name -> load(weights.stored().get(name)));
  }

  /// Whether matrices can be stacked at no cost: their weights are converted when the graph is
  /// compiled, or computed in BF16, which happens on a GPU alone, to which they are copied. Weights
  /// that are computed as they are mapped stay where they are, and so do quantized matrices, which
  /// share their quantized input anyway.
  public boolean canStack(List<String> publishedNames) {
    return publishedNames.stream().noneMatch(this::isDerived)
        && publishedNames.stream()
            .map(name -> storedType(weights.stored().get(name).type()))
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

  /// By how much the result of a linear layer is to be widened, with zeros, so that the layer after
  /// it is computed by a GPU's fast kernels. The published encoders are 3420 wide inside, for which
  /// an H200 takes three times as long as for 3424.
  ///
  /// @param publishedName the layer's matrix
  /// @return 0 where it gains nothing: outside BF16, and for quantized matrices
  public long padding(String publishedName) {
    return compute == ElementType.BFLOAT16 && !isDerived(publishedName)
        ? Math.floorMod(-rows(publishedName), ALIGNED_NUMBERS)
        : 0;
  }

  /// A tensor with `count` zeros behind each row of an axis. The runtime appends them once, when it
  /// compiles the graph.
  ///
  /// @param axis 0 for more rows, 1 for longer ones
  public Value padded(String publishedName, int axis, long count) {
    if (count == 0) {
      return tensor(publishedName);
    }
    Value tensor = tensor(publishedName);
    Value zeros = zeros(publishedName, axis, count);
    // Several branches of a graph may ask for it.
    return values.computeIfAbsent(
        publishedName + " padded", name -> ops.concat(List.of(tensor, zeros), axis));
  }

  private Value zeros(String besides, int axis, long count) {
    long[] shape = weights.stored().get(besides).shape().clone();
    shape[axis] = count;
    int numbers = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    return values.computeIfAbsent(
        "zeros " + Arrays.toString(shape),
        name -> ops.cast(ops.graph().floats(new float[numbers], shape), compute));
  }

  /// The first dimension of a tensor: the width of a linear layer's result.
  public long rows(String publishedName) {
    return weights.stored().get(publishedName).shape()[0];
  }

  private Value load(Tensor tensor) {
    ElementType type = storedType(tensor.type());
    List<Long> shape = Arrays.stream(tensor.shape()).boxed().toList();
    // The runtime maps files of one directory only.
    return weights.isDerived()
        ? ops.graph().weight(new MappedWeight(tensor.name(), type, shape, tensor.data()))
        : ops.graph()
            .weight(
                new ExternalWeight(tensor.name(), type, shape, tensor.file(), tensor.fileOffset()));
  }

  private static ElementType storedType(DataType type) {
    return switch (type) {
      case F32 -> ElementType.FLOAT32;
      case F16 -> ElementType.FLOAT16;
      case BF16 -> ElementType.BFLOAT16;
    };
  }
}
