package io.chronoscope.qwen.position;

/// Cosines and sines that rotate `rows` queries or keys: `[rows, headDim]` each, row-major, the
/// second half of a row repeating the first (rotate_half pairs `i` with `i + headDim / 2`).
///
/// @param cos not copied: fresh for each table, the caller's to use
/// @param sin not copied
@SuppressWarnings("ArrayRecordComponent") // a table is handed over once, not compared
public record RotaryTables(int rows, int headDim, float[] cos, float[] sin) {

  public RotaryTables {
    if (cos.length != rows * headDim || sin.length != rows * headDim) {
      throw new IllegalArgumentException("rotary tables are not [%d, %d]".formatted(rows, headDim));
    }
  }
}
