package io.chronoscope.qwen.weights;

import io.chronoscope.checkpoint.Tensor;
import java.util.stream.IntStream;

/// Quantizes a matrix `[rows, columns]` to 8 bits, symmetrically, with one scale for each row, and
/// transposes it in blocks of columns, so that a matrix of any size takes little memory.
final class RowQuantizer {

  private static final int LEVELS = 127;
  private static final int BLOCK_BYTES = 32 << 20;

  /// Rows that one task quantizes: together they fill a cache line of the transposed matrix.
  private static final int TASK_ROWS = 64;

  /// Adding it rounds a small float to the nearest integer, which is then in the lowest bits.
  private static final float ROUNDING = 1.5f * (1 << 23);

  private final Tensor matrix;
  private final int rows;
  private final int columns;
  private final int blockColumns;
  private final float[] scales;

  private RowQuantizer(Tensor matrix) {
    this.matrix = matrix;
    this.rows = Math.toIntExact(matrix.shape()[0]);
    this.columns = Math.toIntExact(matrix.shape()[1]);
    this.blockColumns = Math.clamp(BLOCK_BYTES / rows, 1, columns);
    this.scales = new float[rows];
    forRows(this::measure);
  }

  /// @param matrix of two dimensions
  static RowQuantizer of(Tensor matrix) {
    return new RowQuantizer(matrix);
  }

  int columns() {
    return columns;
  }

  int blockColumns() {
    return blockColumns;
  }

  /// The scale of each row: what one level stands for.
  float[] scales() {
    return scales.clone();
  }

  private interface Rows {
    void run(int from, int until);
  }

  private void forRows(Rows task) {
    IntStream.range(0, (rows + TASK_ROWS - 1) / TASK_ROWS)
        .parallel()
        .forEach(i -> task.run(i * TASK_ROWS, Math.min(rows, (i + 1) * TASK_ROWS)));
  }

  private void measure(int from, int until) {
    float[] values = new float[columns];
    for (int row = from; row < until; row++) {
      matrix.copyTo(values, (long) row * columns, columns);
      float largest = 0;
      for (float value : values) {
        largest = Math.max(largest, Math.abs(value));
      }
      scales[row] = largest == 0 ? 1 : largest / LEVELS;
    }
  }

  /// The levels of up to [#blockColumns()] columns, `[columns, rows]`.
  byte[] transposedBlock(int firstColumn) {
    int width = Math.min(blockColumns, columns - firstColumn);
    byte[] block = new byte[width * rows];
    forRows((from, until) -> {
      float[] values = new float[width];
      for (int row = from; row < until; row++) {
        matrix.copyTo(values, (long) row * columns + firstColumn, width);
        float inverse = 1 / scales[row];
        int at = row;
        for (int i = 0; i < width; i++) {
          block[at] = (byte) Float.floatToRawIntBits(values[i] * inverse + ROUNDING);
          at += rows;
        }
      }
    });
    return block;
  }
}
