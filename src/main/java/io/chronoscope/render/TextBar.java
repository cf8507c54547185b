package io.chronoscope.render;

/// Draws spans as bars of characters, each in a line of a fixed number of cells.
final class TextBar {

  private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

  private TextBar() {}

  /// A solid bar, with a resolution of an eighth of a cell at its end and half a cell at its start.
  /// Even the shortest span is visible.
  ///
  /// @param from in cells, also fractions
  /// @param to in cells, also fractions
  static String solid(double from, double to, int cells) {
    StringBuilder bar = new StringBuilder(" ".repeat(cells));
    int first = (int) Math.min(cells - 1, Math.floor(from));
    int last = (int) Math.min(cells, Math.floor(to));
    for (int i = first; i < last; i++) {
      bar.setCharAt(i, '█');
    }
    if (last < cells) {
      int eighths = (int) Math.round((to - last) * 8);
      if (eighths >= 8) {
        bar.setCharAt(last, '█');
      } else if (eighths > 0) {
        bar.setCharAt(last, EIGHTHS.charAt(eighths));
      }
    }
    if (from - first >= 0.5 && last > first) {
      bar.setCharAt(first, '▐');
    }
    if (bar.toString().isBlank()) {
      bar.setCharAt(first, '▏');
    }
    return bar.toString();
  }

  /// A line of one character, at least one cell long.
  ///
  /// @param from in cells, rounded
  /// @param to in cells, rounded
  static String line(char character, double from, double to, int cells) {
    StringBuilder line = new StringBuilder(" ".repeat(cells));
    int first = (int) Math.min(cells - 1, Math.round(from));
    int last = (int) Math.max(first + 1, Math.min(cells, Math.round(to)));
    for (int i = first; i < last; i++) {
      line.setCharAt(i, character);
    }
    return line.toString();
  }
}
