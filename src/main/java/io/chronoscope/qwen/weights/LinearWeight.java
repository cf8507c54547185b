package io.chronoscope.qwen.weights;

import io.chronoscope.ort.Graph;
import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import java.util.Optional;

/// The weight matrix of a linear layer, in the format in which the graph multiplies by it. Both
/// graphs multiply by their weights only through this type, except for the patch embedding, a
/// convolution kernel that the encoder reorders first.
///
/// To add a format, add a record whose [#multiply] writes the matching operator, and let
/// [GraphWeights#linear] choose it.
public sealed interface LinearWeight {

  /// Writes `x · weightᵀ`.
  ///
  /// @param ops of the graph that holds the weight, or of a loop body inside it
  /// @param x `[…, in]`
  /// @return `[…, out]`
  Value multiply(Ops ops, Value x);

  /// A matrix in the type that the graph computes in.
  ///
  /// @param matrix `[out, in]`
  record Dense(Value matrix) implements LinearWeight {

    @Override
    public Value multiply(Ops ops, Value x) {
      return ops.linear(x, matrix);
    }
  }

  /// A matrix of 8-bit integers with one scale for each output.
  ///
  /// Each token's activations are quantized on their own, relative to their largest magnitude. A
  /// result therefore does not depend on the other tokens of a batch, and an outlier costs
  /// precision in its own token only. What a second digit adds is in
  /// `docs/design/0013-int8-on-the-cpu.md`.
  ///
  /// @param matrix INT8 `[in, out]`
  /// @param scales FLOAT32 `[out]`
  /// @param rest INT8 `[in, out]`: a second digit of the matrix, [Int8Quantizer#REST_FRACTION] as
  ///   large; empty where one is enough
  /// @param inputs `in`
  /// @param digits precision of the activations
  record Int8(
      Value matrix, Value scales, Optional<Value> rest, long inputs, ActivationDigits digits)
      implements LinearWeight {

    @Override
    public Value multiply(Ops ops, Value x) {
      return new Int8Product(ops, this).multiply(x);
    }
  }

  /// A matrix of 4-bit integers in blocks of consecutive inputs, each with a scale and a zero
  /// point.
  ///
  /// @param values UINT8 `[out, blocks, blockSize / 2]`, the even input in the low bits
  /// @param scales FLOAT32 `[out * blocks]`
  /// @param zeroPoints UINT8 `[out * ceil(blocks / 2)]`, the even block in the low bits; empty
  ///   where all are 8
  /// @param order INT64 `[in]`: which of the layer's inputs each input of the matrix is; empty
  ///   where they are the same
  record Int4(
      Value values,
      Value scales,
      Optional<Value> zeroPoints,
      Optional<Value> order,
      Ops.Blocks4 blocks,
      Ops.BlockAccuracy accuracy)
      implements LinearWeight {

    @Override
    public Value multiply(Ops ops, Value x) {
      Value ordered = order.map(indices -> ops.gather(x, indices, -1)).orElse(x);
      return ops.blockMatMul(
          ordered, values, ops.cast(scales, x.type()), zeroPoints, blocks, accuracy);
    }
  }

  /// Two copies of a matrix: one for prompts, where arithmetic limits, and one for single tokens,
  /// where the matrix is read for each of them and its size limits.
  ///
  /// @param many for inputs of several tokens a sequence
  /// @param one for inputs of one token a sequence
  record ByLength(LinearWeight many, LinearWeight one) implements LinearWeight {

    /// @param x `[batch, tokens, in]`
    @Override
    public Value multiply(Ops ops, Value x) {
      Graph graph = ops.graph();
      Value single =
          ops.reshape(ops.equal(ops.dimension(x, 1), graph.list(1)), graph.longs(new long[0], 0));
      Graph ofOne = graph.body("one");
      Graph ofMany = graph.body("many");
      return ops.choose(
          single,
          new Ops.Branch(ofOne, one.multiply(new Ops(ofOne), x)),
          new Ops.Branch(ofMany, many.multiply(new Ops(ofMany), x)));
    }
  }

  /// Precision of the activations in an INT8 product.
  enum ActivationDigits {
    /// 8 bits. Enough behind a norm, where a token's activations are of similar size.
    ONE,
    /// About 15 bits for tokens with outliers, 8 for all others.
    TWO_FOR_OUTLIERS,
    /// About 15 bits, for twice the arithmetic.
    TWO
  }
}
