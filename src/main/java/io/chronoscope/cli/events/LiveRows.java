package io.chronoscope.cli.events;

import io.chronoscope.render.Terminal;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A table at the bottom of a terminal whose rows are rewritten as they change. The latest rows can
/// change; older ones scroll away and stay as they are. Where lines cannot be rewritten, in a file
/// or a pipe, each change is another row.
final class LiveRows {

  private static final int MAX_ROWS = 12;

  /// Rows must not be taller than the terminal, whose height is unknown.
  private static final int MAX_LINES = 20;

  private static final String UP_AND_CLEAR = "\u001b[%dA\u001b[J";

  private final PrintStream out;
  private final Terminal terminal;
  private final Map<String, List<String>> rows = new LinkedHashMap<>();

  LiveRows(PrintStream out, Terminal terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /// @param key of the row; a row with this key is rewritten
  /// @param lines printable
  void put(String key, List<String> lines) {
    if (!terminal.live()) {
      lines.forEach(out::println);
      out.flush();
      return;
    }
    StringBuilder update = new StringBuilder();
    int drawn = height();
    if (drawn > 0) {
      update.append(UP_AND_CLEAR.formatted(drawn));
    }
    rows.put(key, lines);
    rows.values().forEach(row -> row.forEach(line -> update.append(line).append('\n')));
    out.print(update);
    out.flush();
    while (rows.size() > 1 && (rows.size() > MAX_ROWS || height() > MAX_LINES)) {
      rows.remove(rows.keySet().iterator().next());
    }
  }

  private int height() {
    return new ArrayList<>(rows.values()).stream().mapToInt(List::size).sum();
  }
}
