package io.chronoscope.vlm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  /// The tokens of one half of the picture alone; a row or column in the middle belongs to neither,
  /// unless it is the only one. The encoder saw the whole picture.
  public EncodedPair half(FrameHalf half) {
    int keptRows = Math.max(1, rows / 2);
    int keptColumns = Math.max(1, columns / 2);
    return switch (half) {
      case UPPER -> part(0, keptRows, 0, columns);
      case LOWER -> part(rows - keptRows, rows, 0, columns);
      case LEFT -> part(0, rows, 0, keptColumns);
      case RIGHT -> part(0, rows, columns - keptColumns, columns);
    };
  }

  private EncodedPair part(int fromRow, int untilRow, int fromColumn, int untilColumn) {
    int hidden = embeddings.remaining() / tokens();
    int width = untilColumn - fromColumn;
    FloatBuffer kept =
        ByteBuffer.allocateDirect((untilRow - fromRow) * width * hidden * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int row = fromRow; row < untilRow; row++) {
      int at = embeddings.position() + (row * columns + fromColumn) * hidden;
      kept.put(embeddings.slice(at, width * hidden));
    }
    return new EncodedPair(untilRow - fromRow, width, kept.flip().asReadOnlyBuffer());
  }
}
