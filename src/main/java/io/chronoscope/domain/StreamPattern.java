package io.chronoscope.domain;

/// Selects streams by id; `*` matches any sequence of characters, including none.
public record StreamPattern(String text) {

  /// Every stream.
  public static final StreamPattern ANY = new StreamPattern("*");

  private static final int MAX_LENGTH = 512;

  public StreamPattern {
    if (text.isBlank()) {
      throw new IllegalArgumentException("the stream pattern is blank; * matches every stream");
    }
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "the stream pattern is longer than " + MAX_LENGTH + " characters");
    }
  }

  /// Whether this pattern selects every stream that `other` selects.
  public boolean covers(StreamPattern other) {
    // A star of the other pattern can only be matched by a star of this one.
    return matches(other.text);
  }

  /// Takes at most the product of both lengths in steps, whatever the pattern; a backtracking
  /// regular expression could take exponential time.
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
        // Backtrack: the last star matches one character more.
        inText = star + 1;
        at = ++afterStar;
      } else {
        return false;
      }
    }
    return text.chars().skip(inText).allMatch(rest -> rest == '*');
  }
}
