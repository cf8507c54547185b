package io.chronoscope.cli.console;

import java.util.ArrayList;
import java.util.List;

/// A table in plain text.
public final class Columns {

  private static final int BETWEEN = 2;

  private Columns() {}

  /// @param rows of as many cells each; the first is the head
  /// @return a line for each row, every column but the last as wide as its widest cell
  public static List<String> aligned(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i));
        if (i < columns - 1) {
          line.repeat(' ', widths[i] - row.get(i).length() + BETWEEN);
        }
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
