package io.chronoscope.render;

import java.util.Map;

/// What a process stream can display.
///
/// @param columns width in characters
/// @param color whether escape sequences for color are supported and wanted
/// @param live whether lines can be redrawn in place
public record Terminal(int columns, boolean color, boolean live) {

  /// Not a terminal: a file or a pipe.
  public static final Terminal NONE = new Terminal(110, false, false);

  public Terminal {
    columns = Math.clamp(columns, 60, 200);
  }

  /// Derives the capabilities from what the launcher detected. Java itself cannot tell whether
  /// stdout or stderr is attached to a terminal.
  ///
  /// @param attached whether the stream is attached to a terminal
  /// @param columns width of the terminal; ignored unless it is a number
  public static Terminal of(boolean attached, String columns, Map<String, String> environment) {
    boolean dumb = "dumb".equals(environment.get("TERM"));
    // https://no-color.org: set and not empty, whatever the value
    boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    int width = NONE.columns;
    try {
      width = Integer.parseInt(columns.strip());
    } catch (NumberFormatException e) {
      // Unknown: use the default width.
    }
    return new Terminal(
        width <= 0 ? NONE.columns : width, attached && !dumb && !plain, attached && !dumb);
  }
}
