package io.chronoscope.render;

import java.util.Map;

/// What can be shown where the program talks to people.
///
/// @param columns width in characters
/// @param colour whether escape sequences for colour are understood and wanted
/// @param live whether lines may be drawn again in place
public record Terminal(int columns, boolean colour, boolean live) {

  /// Nobody watches: a file, a pipe.
  public static final Terminal NONE = new Terminal(110, false, false);

  public Terminal {
    columns = Math.clamp(columns, 60, 200);
  }

  /// What the launcher found out about a stream of the process; Java itself cannot tell stdout from
  /// stderr.
  ///
  /// @param attached whether the stream goes to a terminal
  public static Terminal of(boolean attached, String columns, Map<String, String> environment) {
    boolean dumb = "dumb".equals(environment.get("TERM"));
    // https://no-color.org: present and not empty, whatever its value
    boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    int width = NONE.columns;
    try {
      width = Integer.parseInt(columns.strip());
    } catch (NumberFormatException e) {
      // Not known; the default width is as good as any.
    }
    return new Terminal(
        width <= 0 ? NONE.columns : width, attached && !dumb && !plain, attached && !dumb);
  }
}
