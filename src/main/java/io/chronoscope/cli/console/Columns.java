package io.chronoscope.cli.console;

import io.chronoscope.domain.PrintableText;
import java.util.ArrayList;
import java.util.List;

/// Aligns a table in plain text.
public final class Columns {

  private static final int SPACING = 2;

  private Columns() {}

  /// Pads every column but the last to its widest cell, and escapes what a terminal would obey.
  ///
  /// @param cells rows with the same number of cells each; the first is the heading
  /// @return one line for each row
  public static List<String> aligned(List<List<String>> cells) {
    List<List<String>> rows =
        cells.stream().map(row -> row.stream().map(PrintableText::of).toList()).toList();
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
          line.repeat(' ', widths[i] - row.get(i).length() + SPACING);
        }
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
