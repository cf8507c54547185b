package io.chronoscope.domain;

/// Text from outside, such as a stream id or a file name, made safe to print: a terminal or a log
/// must not obey what it contains.
public final class PrintableText {

  private PrintableText() {}

  /// Escapes control characters (line breaks and terminal sequences), characters that change the
  /// direction of text, and unpaired surrogates as `\\uXXXX`.
  public static String of(String text) {
    return escape(text, "");
  }

  /// Like [#of], for text of several lines: line breaks and tabs stay.
  public static String ofLines(String text) {
    return escape(text, "\n\t");
  }

  private static String escape(String text, String allowed) {
    if (text.codePoints().allMatch(c -> isPrintable(c) || allowed.indexOf(c) >= 0)) {
      return text;
    }
    StringBuilder printable = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (isPrintable(c) || allowed.indexOf(c) >= 0) {
            printable.appendCodePoint(c);
          } else {
            printable.append("\\u%04x".formatted(c));
          }
        });
    return printable.toString();
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.FORMAT -> !isDirectional(codePoint);
      default -> true;
    };
  }

  /// Marks, embeddings, overrides and isolates of bidirectional text.
  private static boolean isDirectional(int codePoint) {
    return codePoint == 0x061c
        || (codePoint >= 0x200e && codePoint <= 0x200f)
        || (codePoint >= 0x202a && codePoint <= 0x202e)
        || (codePoint >= 0x2066 && codePoint <= 0x2069);
  }
}
