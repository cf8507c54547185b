package io.chronoscope.qwen.weights;

import io.chronoscope.checkpoint.PackedMatrix;
import io.chronoscope.checkpoint.Tensor;
import io.chronoscope.checkpoint.Weights;

/// The numbers of a checkpoint's matrix `[rows, columns]`, however they are stored. Thread-safe.
interface MatrixSource {

  int rows();

  int columns();

  /// Copies numbers of one row to the start of `numbers`.
  void copy(int row, int firstColumn, int count, float[] numbers);

  /// @param name published name of a matrix
  static MatrixSource of(Weights weights, String name) {
    return weights
        .packed(name)
        .<MatrixSource>map(Packed::new)
        .orElseGet(() -> new Dense(weights.get(name)));
  }

  /// A matrix stored as floating-point numbers.
  record Dense(Tensor tensor) implements MatrixSource {

    @Override
    public int rows() {
      return Math.toIntExact(tensor.shape()[0]);
    }

    @Override
    public int columns() {
      return Math.toIntExact(tensor.shape()[1]);
    }

    @Override
    public void copy(int row, int firstColumn, int count, float[] numbers) {
      tensor.copyTo(numbers, (long) row * columns() + firstColumn, count);
    }
  }

  /// A matrix stored in four bits.
  record Packed(PackedMatrix matrix) implements MatrixSource {

    @Override
    public int rows() {
      return matrix.outputs();
    }

    @Override
    public int columns() {
      return matrix.inputs();
    }

    @Override
    public void copy(int row, int firstColumn, int count, float[] numbers) {
      for (int i = 0; i < count; i++) {
        numbers[i] = matrix.number(firstColumn + i, row);
      }
    }
  }
}
