package io.chronoscope.qwen.weights;

import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;

/// The weight matrix of a linear layer, in the format in which the graph multiplies by it. Both
/// graphs multiply by their weights only through this type, except for the patch embedding, a
/// convolution kernel that the encoder reorders first.
///
/// Today every matrix is dense. Quantized weights go here: add a record (for int4, say, the packed
/// values, the scales and the block size) whose [#multiply] writes the matching operator
/// (`MatMulNBits` in ONNX Runtime), and let [GraphWeights#linear] choose it by how the checkpoint
/// stores the tensor. The `checkpoint` package rejects quantized checkpoints until then.
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
}
