package io.chronoscope.qwen.position;

import io.chronoscope.domain.FrameSize;

/// The size of a frame or frame pair in merged tokens.
public record TokenGrid(int rows, int columns) {

  public TokenGrid {
    if (rows <= 0 || columns <= 0) {
      throw new IllegalArgumentException(
          "a token grid must have rows and columns, not " + rows + "x" + columns);
    }
  }

  /// The grid of a frame.
  ///
  /// @param tokenSizePx side of a merged token in pixels (28)
  /// @throws IllegalArgumentException when a side of the frame is not a multiple of it
  public static TokenGrid of(FrameSize size, int tokenSizePx) {
    if (size.heightPx() % tokenSizePx != 0 || size.widthPx() % tokenSizePx != 0) {
      throw new IllegalArgumentException(
          "the sides of a frame of %dx%d pixels are not multiples of %d"
              .formatted(size.widthPx(), size.heightPx(), tokenSizePx));
    }
    return new TokenGrid(size.heightPx() / tokenSizePx, size.widthPx() / tokenSizePx);
  }

  public int tokens() {
    return rows * columns;
  }
}
