package io.chronoscope.vision;

import java.util.List;

/// The order in which the encoder keeps the merged tokens of one frame pair, so that each attention
/// window is contiguous and windows of one size follow each other.
public final class WindowOrder {

  private WindowOrder() {}

  /// @param windowTokens side of a window in merged tokens (4)
  public static WindowOrder of(TokenGrid grid, int windowTokens) {
    throw new UnsupportedOperationException();
  }

  /// For each place in window order, the row-major index of the token that stands there. A copy.
  public int[] toWindows() {
    throw new UnsupportedOperationException();
  }

  /// For each token in row-major order, its place in window order: the inverse. A copy.
  public int[] toRows() {
    throw new UnsupportedOperationException();
  }

  /// The windows by size, largest first, at most four sizes, none empty; in window order.
  public List<Bucket> buckets() {
    throw new UnsupportedOperationException();
  }

  /// Windows of one size.
  ///
  /// @param rows height of a window in merged tokens
  /// @param columns width of a window in merged tokens
  /// @param count how many windows
  /// @param firstToken place of the first window's first token in window order
  public record Bucket(int rows, int columns, int count, int firstToken) {

    /// Merged tokens in one window.
    public int windowTokens() {
      return rows * columns;
    }

    /// Merged tokens in all windows of this size.
    public int tokens() {
      return rows * columns * count;
    }
  }
}
