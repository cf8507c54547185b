package io.chronoscope.domain;

/// Which streams something is for: a stream id in which `*` stands for any characters, also none.
public record StreamPattern(String text) {

  /// Every stream.
  public static final StreamPattern ANY = new StreamPattern("*");

  private static final int MAX_LENGTH = 512;

  public StreamPattern {
    if (text.isBlank()) {
      throw new IllegalArgumentException("a pattern for streams is blank; * stands for all");
    }
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a pattern for streams is longer than " + MAX_LENGTH + " characters");
    }
  }

  /// In steps of at most the product of both lengths, whatever the pattern: a regular expression of
  /// many stars could take for ever.
  public boolean matches(String stream) {
    int at = 0;
    int inText = 0;
    int star = -1;
    int afterStar = 0;
    while (at < stream.length()) {
      if (inText < text.length() && text.charAt(inText) == '*') {
        star = inText++;
        afterStar = at;
      } else if (inText < text.length() && text.charAt(inText) == stream.charAt(at)) {
        inText++;
        at++;
      } else if (star >= 0) {
        // The last star takes one character more.
        inText = star + 1;
        at = ++afterStar;
      } else {
        return false;
      }
    }
    return text.chars().skip(inText).allMatch(rest -> rest == '*');
  }
}
