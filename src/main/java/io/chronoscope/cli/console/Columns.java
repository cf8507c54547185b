package io.chronoscope.cli.console;

import io.chronoscope.domain.PrintableText;
import io.chronoscope.render.Terminal;
import io.chronoscope.render.TextWidth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Aligns a table in plain text that fits the width of a terminal: cells that are too wide are
/// wrapped within their column. picocli's `TextTable` is not used because it places text by
/// characters: a wide one shifts what follows it.
public final class Columns {

  private static final int SPACING = 2;

  /// No column becomes narrower than this to make room for others.
  private static final int LEAST = 8;

  private Columns() {}

  /// @param cells rows with the same number of cells each; the first is the heading. What a
  ///   terminal would obey is escaped
  /// @return lines without trailing spaces
  public static List<String> aligned(List<List<String>> cells, Terminal terminal) {
    List<List<String>> rows =
        cells.stream().map(row -> row.stream().map(PrintableText::of).toList()).toList();
    int[] widths = widths(rows, terminal.columns());
    return rows.stream().flatMap(row -> lines(row, widths).stream()).toList();
  }

  private static List<String> lines(List<String> row, int[] widths) {
    List<List<String>> cells = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      cells.add(TextWidth.wrap(row.get(i), widths[i]));
    }
    List<String> lines = new ArrayList<>();
    for (int n = 0; n < Math.max(1, cells.stream().mapToInt(List::size).max().orElse(0)); n++) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String part = n < cells.get(i).size() ? cells.get(i).get(n) : "";
        line.append(TextWidth.pad(part, widths[i] + SPACING));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  /// The widths of the widest cells; while they do not fit, the widest column gives way. Words are
  /// broken, such as times and ids, only if that is not enough.
  private static int[] widths(List<List<String>> rows, int columns) {
    int[] widths = new int[rows.getFirst().size()];
    int[] words = new int[widths.length];
    int[] least = new int[widths.length];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], TextWidth.of(row.get(i)));
        for (String word : row.get(i).split("\\s+", -1)) {
          words[i] = Math.max(words[i], Math.max(LEAST, TextWidth.of(word)));
        }
      }
    }
    Arrays.fill(least, LEAST);
    int free = columns - SPACING * (widths.length - 1);
    narrow(widths, words, free);
    narrow(widths, least, free);
    return widths;
  }

  /// Narrows the widest column, again and again, until all fit or none may become narrower.
  private static void narrow(int[] widths, int[] least, int free) {
    while (Arrays.stream(widths).sum() > free) {
      OptionalInt widest =
          IntStream.range(0, widths.length)
              .filter(i -> widths[i] > least[i])
              .reduce((a, b) -> widths[b] >= widths[a] ? b : a);
      if (widest.isEmpty()) {
        return;
      }
      widths[widest.getAsInt()]--;
    }
  }
}
