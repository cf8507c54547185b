package io.chronoscope.vlm;

import java.nio.FloatBuffer;

/// The embeddings of a frame pair, the decoder's input.
///
/// @param rows height of the token grid (H/28)
/// @param columns width of the token grid (W/28)
/// @param embeddings `[rows * columns, hidden]`, row-major, direct and read-only; freed by the
///   garbage collector
public record EncodedPair(int rows, int columns, FloatBuffer embeddings) {

  public int tokens() {
    return rows * columns;
  }
}
