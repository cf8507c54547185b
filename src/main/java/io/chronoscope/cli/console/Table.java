package io.chronoscope.cli.console;

import io.chronoscope.domain.PrintableText;
import io.chronoscope.render.TextWidth;
import java.util.ArrayList;
import java.util.List;

/// A table that is printed row by row while its figures are being measured, so that the widths of
/// its columns are given. Where all rows are known, [Columns] aligns them.
public final class Table {

  private static final String SPACING = " ";

  private final List<Column> columns;

  /// One column. A cell that is wider than it moves those after it.
  ///
  /// @param heading empty for none
  private record Column(String heading, int width, Side side) {}

  private enum Side {
    LEFT,
    RIGHT
  }

  private Table(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /// A table without columns yet.
  public static Table empty() {
    return new Table(List.of());
  }

  /// With one more column, for text.
  public Table text(String heading, int width) {
    return and(new Column(heading, width, Side.LEFT));
  }

  /// With one more column, for a figure.
  public Table figure(String heading, int width) {
    return and(new Column(heading, width, Side.RIGHT));
  }

  private Table and(Column column) {
    List<Column> more = new ArrayList<>(columns);
    more.add(column);
    return new Table(more);
  }

  public String heading() {
    return line(columns.stream().map(Column::heading).toList());
  }

  /// @param cells as many as there are columns. What a terminal would obey is escaped
  public String row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          "%d cells for %d columns".formatted(cells.length, columns.size()));
    }
    return line(List.of(cells).stream().map(cell -> PrintableText.of(cell.toString())).toList());
  }

  private String line(List<String> cells) {
    List<String> padded = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      Column column = columns.get(i);
      String cell = cells.get(i);
      padded.add(
          switch (column.side()) {
            case LEFT -> TextWidth.pad(cell, column.width());
            case RIGHT -> " ".repeat(Math.max(0, column.width() - TextWidth.of(cell))) + cell;
          });
    }
    return String.join(SPACING, padded).stripTrailing();
  }
}
