package io.chronoscope.qwen.position;

/// Cosines and sines that rotate `rows` queries or keys: `[rows, headDim]` each, row-major. The
/// second half of a row repeats the first (rotate_half pairs `i` with `i + headDim / 2`).
///
/// @param cos not copied; belongs to the caller
/// @param sin not copied; belongs to the caller
@SuppressWarnings("ArrayRecordComponent") // a table is handed over once, not compared
public record RotaryTables(int rows, int headDim, float[] cos, float[] sin) {

  public RotaryTables {
    if (cos.length != rows * headDim || sin.length != rows * headDim) {
      throw new IllegalArgumentException(
          "rotary tables do not have the shape [%d, %d]".formatted(rows, headDim));
    }
  }
}
