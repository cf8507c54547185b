package io.chronoscope.qwen.weights;

/// Quantizes a matrix `[rows, columns]` to 8 bits, symmetrically, with one scale for each row, and
/// transposes it in blocks of columns, so that a matrix of any size takes little memory.
final class Int8Quantizer {

  private static final int LEVELS = 127;

  /// Half a level is the largest rest, and has [#LEVELS] levels of its own.
  static final float REST_FRACTION = 1f / (2 * LEVELS);

  private static final int BLOCK_BYTES = 32 << 20;

  /// Adding it rounds a small float to the nearest integer, which is then in the lowest bits.
  private static final float ROUNDING = 1.5f * (1 << 23);

  private final MatrixSource matrix;
  private final int rows;
  private final int columns;
  private final int blockColumns;
  private final float[] scales;

  private Int8Quantizer(MatrixSource matrix) {
    this.matrix = matrix;
    this.rows = matrix.rows();
    this.columns = matrix.columns();
    this.blockColumns = Math.clamp(BLOCK_BYTES / rows, 1, columns);
    this.scales = new float[rows];
    RowTasks.run(rows, this::measure);
  }

  static Int8Quantizer of(MatrixSource matrix) {
    return new Int8Quantizer(matrix);
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

  private void measure(int from, int until) {
    float[] values = new float[columns];
    for (int row = from; row < until; row++) {
      matrix.copy(row, 0, columns, values);
      float largest = 0;
      for (float value : values) {
        largest = Math.max(largest, Math.abs(value));
      }
      scales[row] = largest == 0 ? 1 : largest / LEVELS;
    }
  }

  /// The levels of up to [#blockColumns()] columns, `[columns, rows]`.
  byte[] transposedBlock(int firstColumn) {
    return transposedBlock(firstColumn, Int8Quantizer::level);
  }

  /// What rounding to levels leaves, in levels that are [#REST_FRACTION] as large.
  byte[] transposedRest(int firstColumn) {
    return transposedBlock(firstColumn, scaled -> level((scaled - level(scaled)) * (2 * LEVELS)));
  }

  private interface Rounding {
    /// @param scaled a number in units of its row's scale
    byte round(float scaled);
  }

  private static byte level(float scaled) {
    return (byte) Float.floatToRawIntBits(scaled + ROUNDING);
  }

  private byte[] transposedBlock(int firstColumn, Rounding rounding) {
    int width = Math.min(blockColumns, columns - firstColumn);
    byte[] block = new byte[width * rows];
    RowTasks.run(
        rows,
        (from, until) -> {
          float[] values = new float[width];
          for (int row = from; row < until; row++) {
            matrix.copy(row, firstColumn, width, values);
            float inverse = 1 / scales[row];
            int at = row;
            for (int i = 0; i < width; i++) {
              block[at] = rounding.round(values[i] * inverse);
              at += rows;
            }
          }
        });
    return block;
  }
}
