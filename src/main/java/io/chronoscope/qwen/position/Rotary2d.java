package io.chronoscope.qwen.position;

/// The encoder's rotary embedding: a patch is rotated by its row and its column in the frame.
///
/// `Qwen2_5_VisionRotaryEmbedding` and `rot_pos_emb` of `transformers`: with `f[j] = 10000^(-2j /
/// (headDim / 2))`, `j = 0 … headDim/4 - 1`, the angles of a patch are `row · f` followed by
/// `column · f`, and then both again. Angles are float32 products as there.
public final class Rotary2d {

  private static final double THETA = 10_000;

  private Rotary2d() {}

  /// Tables `[patches, headDim]` of one frame pair in window order: row `index * mergeSize² + patch
  /// in token` belongs to the merged token at that index.
  public static RotaryTables windowOrdered(
      TokenGrid grid, WindowPartition partition, int mergeSize, int headDim) {
    return tables(grid, partition.windowOrder(), mergeSize, headDim);
  }

  private static RotaryTables tables(TokenGrid grid, int[] tokens, int mergeSize, int headDim) {
    if (headDim % 4 != 0) {
      throw new IllegalArgumentException(
          "the head dimension " + headDim + " is not a multiple of 4");
    }
    if (tokens.length != grid.tokens()) {
      throw new IllegalArgumentException(
          "the window order has %d tokens, the grid %d".formatted(tokens.length, grid.tokens()));
    }
    int quarter = headDim / 4;
    int perToken = mergeSize * mergeSize;
    float[] frequencies = RotaryFrequencies.inverse(headDim / 2, THETA);
    // Rows and columns share one table by coordinate: [side, headDim / 4].
    int side = Math.max(grid.rows(), grid.columns()) * mergeSize;
    float[] cosOf = new float[side * quarter];
    float[] sinOf = new float[side * quarter];
    for (int at = 0; at < side; at++) {
      for (int j = 0; j < quarter; j++) {
        float angle = at * frequencies[j];
        cosOf[at * quarter + j] = (float) Math.cos(angle);
        sinOf[at * quarter + j] = (float) Math.sin(angle);
      }
    }
    int patches = tokens.length * perToken;
    float[] cos = new float[patches * headDim];
    float[] sin = new float[patches * headDim];
    for (int patch = 0; patch < patches; patch++) {
      int token = tokens[patch / perToken];
      int inToken = patch % perToken;
      int row = token / grid.columns() * mergeSize + inToken / mergeSize;
      int column = token % grid.columns() * mergeSize + inToken % mergeSize;
      for (int half = 0; half < 2; half++) {
        int at = patch * headDim + half * 2 * quarter;
        System.arraycopy(cosOf, row * quarter, cos, at, quarter);
        System.arraycopy(cosOf, column * quarter, cos, at + quarter, quarter);
        System.arraycopy(sinOf, row * quarter, sin, at, quarter);
        System.arraycopy(sinOf, column * quarter, sin, at + quarter, quarter);
      }
    }
    return new RotaryTables(patches, headDim, cos, sin);
  }
}
