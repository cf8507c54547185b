package io.chronoscope.qwen.position;

import java.util.ArrayList;
import java.util.List;

/// Partitions the merged tokens of one frame pair into the encoder's attention windows, and orders
/// them so that each window is contiguous and windows of one size are adjacent.
///
/// The reference (`get_window_index`) walks the windows row by row, with the smaller ones at the
/// right and bottom borders in between, and attends with a list of sequence lengths. Only the
/// grouping matters for the result, so windows of one size are put together here: at most four
/// sizes (inner, right border, bottom border, corner), each one unmasked batched attention. Windows
/// are row-major within their bucket, tokens within their window.
public final class WindowPartition {

  private final int[] windowOrder;
  private final int[] rowOrder;
  private final List<Bucket> buckets;

  private WindowPartition(int[] windowOrder, List<Bucket> buckets) {
    this.windowOrder = windowOrder;
    this.buckets = List.copyOf(buckets);
    this.rowOrder = new int[windowOrder.length];
    for (int index = 0; index < windowOrder.length; index++) {
      rowOrder[windowOrder[index]] = index;
    }
  }

  /// @param windowTokens side of a window in merged tokens (4)
  public static WindowPartition of(TokenGrid grid, int windowTokens) {
    if (windowTokens <= 0) {
      throw new IllegalArgumentException(
          "the side of a window must be positive: " + windowTokens + " tokens");
    }
    int[] order = new int[grid.tokens()];
    List<Bucket> buckets = new ArrayList<>();
    int index = 0;
    for (Span rows : spans(grid.rows(), windowTokens)) {
      for (Span columns : spans(grid.columns(), windowTokens)) {
        buckets.add(new Bucket(rows.size, columns.size, rows.count * columns.count, index));
        for (int window = 0; window < rows.count * columns.count; window++) {
          int top = rows.first + window / columns.count * rows.size;
          int left = columns.first + window % columns.count * columns.size;
          for (int token = 0; token < rows.size * columns.size; token++) {
            int row = top + token / columns.size;
            order[index++] = row * grid.columns() + left + token % columns.size;
          }
        }
      }
    }
    return new WindowPartition(order, buckets);
  }

  /// `count` consecutive windows of `size` tokens along one axis, starting at `first`.
  private record Span(int first, int size, int count) {}

  private static List<Span> spans(int tokens, int window) {
    int whole = tokens / window;
    int rest = tokens % window;
    List<Span> spans = new ArrayList<>();
    if (whole > 0) {
      spans.add(new Span(0, window, whole));
    }
    if (rest > 0) {
      spans.add(new Span(whole * window, rest, 1));
    }
    return spans;
  }

  /// For each index in window order, the row-major index of its token. A copy.
  public int[] windowOrder() {
    return windowOrder.clone();
  }

  /// For each token in row-major order, its index in window order: the inverse. A copy.
  public int[] rowOrder() {
    return rowOrder.clone();
  }

  /// The windows by size: one to four buckets in window order that cover all tokens.
  public List<Bucket> buckets() {
    return buckets;
  }

  /// Windows of one size.
  ///
  /// @param rows height of a window in merged tokens
  /// @param columns width of a window in merged tokens
  /// @param count number of windows
  /// @param firstToken index of the first window's first token in window order
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
