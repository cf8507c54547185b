package io.chronoscope.qwen.position;

import io.chronoscope.domain.FrameSize;

/// The size of a frame, or frame pair, in merged tokens.
public record TokenGrid(int rows, int columns) {

  public TokenGrid {
    if (rows <= 0 || columns <= 0) {
      throw new IllegalArgumentException("token grid of " + rows + "x" + columns);
    }
  }

  /// @param tokenSizePx side of a merged token in pixels (28)
  /// @throws IllegalArgumentException when a side is no multiple of it
  public static TokenGrid of(FrameSize size, int tokenSizePx) {
    if (size.heightPx() % tokenSizePx != 0 || size.widthPx() % tokenSizePx != 0) {
      throw new IllegalArgumentException(
          "frame of %dx%d pixels is not a multiple of %d"
              .formatted(size.widthPx(), size.heightPx(), tokenSizePx));
    }
    return new TokenGrid(size.heightPx() / tokenSizePx, size.widthPx() / tokenSizePx);
  }

  public int tokens() {
    return rows * columns;
  }
}
