package io.chronoscope.render;

import java.util.ArrayList;
import java.util.List;

/// How many columns of a terminal a text takes: East Asian wide characters and emoji take two,
/// combining marks none.
public final class TextWidth {

  private TextWidth() {}

  /// @param text without escape sequences
  public static int of(String text) {
    return text.codePoints().map(TextWidth::of).sum();
  }

  private static int of(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> isWide(codePoint) ? 2 : 1;
    };
  }

  /// Blocks that the Unicode standard (UAX 11) lists as wide or full width, and emoji shown as
  /// pictures by default.
  private static boolean isWide(int codePoint) {
    return codePoint >= 0x1100
        && (codePoint <= 0x115f
            || (codePoint >= 0x2e80 && codePoint <= 0x303e)
            || (codePoint >= 0x3041 && codePoint <= 0xa4cf)
            || (codePoint >= 0xa960 && codePoint <= 0xa97c)
            || (codePoint >= 0xac00 && codePoint <= 0xd7a3)
            || (codePoint >= 0xf900 && codePoint <= 0xfaff)
            || (codePoint >= 0xfe30 && codePoint <= 0xfe6f)
            || (codePoint >= 0xff00 && codePoint <= 0xff60)
            || (codePoint >= 0xffe0 && codePoint <= 0xffe6)
            || (codePoint >= 0x20000 && codePoint <= 0x3fffd)
            || Character.isEmojiPresentation(codePoint));
  }

  /// The beginning of a text that fits.
  public static String cut(String text, int columns) {
    if (of(text) <= columns) {
      return text;
    }
    StringBuilder fits = new StringBuilder();
    int used = 0;
    for (int codePoint : text.codePoints().toArray()) {
      used += of(codePoint);
      if (used > columns) {
        break;
      }
      fits.appendCodePoint(codePoint);
    }
    return fits.toString();
  }

  /// Breaks lines between words, and within a word that no line can hold.
  ///
  /// @param columns at least 2
  /// @return no line for a blank text
  public static List<String> wrap(String text, int columns) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split("\\s+", -1)) {
      if (!line.isEmpty() && of(line.toString()) + 1 + of(word) > columns) {
        lines.add(line.toString());
        line.setLength(0);
      }
      String rest = word;
      while (of(rest) > columns) {
        String part = cut(rest, columns);
        lines.add(part);
        rest = rest.substring(part.length());
      }
      line.append(line.isEmpty() ? "" : " ").append(rest);
    }
    if (!line.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }

  /// Pads with spaces at the end; a text that is wider stays as it is.
  public static String pad(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - of(text)));
  }
}
