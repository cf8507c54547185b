package io.chronoscope.qwen.position;

import java.util.ArrayList;
import java.util.List;

/// The order in which the encoder keeps the merged tokens of one frame pair, so that each attention
/// window is contiguous and windows of one size follow each other.
///
/// The reference (`get_window_index`) walks the windows row by row, the smaller ones at the right
/// and bottom border in between, and attends with a list of sequence lengths. Nothing but the
/// grouping matters to the result, so here windows of one size are put together: at most four sizes
/// (inner, right border, bottom border, corner), each one unmasked batched attention. Inside a
/// bucket windows go row by row, inside a window tokens do.
public final class WindowPartition {

  private final int[] windowOrder;
  private final int[] rowOrder;
  private final List<Bucket> buckets;

  private WindowPartition(int[] windowOrder, List<Bucket> buckets) {
    this.windowOrder = windowOrder;
    this.buckets = List.copyOf(buckets);
    this.rowOrder = new int[windowOrder.length];
    for (int place = 0; place < windowOrder.length; place++) {
      rowOrder[windowOrder[place]] = place;
    }
  }

  /// @param windowTokens side of a window in merged tokens (4)
  public static WindowPartition of(TokenGrid grid, int windowTokens) {
    if (windowTokens <= 0) {
      throw new IllegalArgumentException("windows of " + windowTokens + " tokens");
    }
    int[] order = new int[grid.tokens()];
    List<Bucket> buckets = new ArrayList<>();
    int place = 0;
    for (Span rows : spans(grid.rows(), windowTokens)) {
      for (Span columns : spans(grid.columns(), windowTokens)) {
        buckets.add(new Bucket(rows.size, columns.size, rows.count * columns.count, place));
        for (int window = 0; window < rows.count * columns.count; window++) {
          int top = rows.first + window / columns.count * rows.size;
          int left = columns.first + window % columns.count * columns.size;
          for (int token = 0; token < rows.size * columns.size; token++) {
            int row = top + token / columns.size;
            order[place++] = row * grid.columns() + left + token % columns.size;
          }
        }
      }
    }
    return new WindowPartition(order, buckets);
  }

  /// `count` windows of `size` tokens one after the other, from `first` on, along one axis.
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

  /// For each place in window order, the row-major index of the token that stands there. A copy.
  public int[] windowOrder() {
    return windowOrder.clone();
  }

  /// For each token in row-major order, its place in window order: the inverse. A copy.
  public int[] rowOrder() {
    return rowOrder.clone();
  }

  /// The windows by size, at most four sizes, none empty; in window order, covering all tokens.
  public List<Bucket> buckets() {
    return buckets;
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
