package io.chronoscope.search;

/// A place in the sequence of an index's changes.
///
/// @param build identifies the index: one that is built anew counts anew
/// @param sequence increases with every change; survives a restart
public record ChangePosition(String build, long sequence) {

  /// As text that fits into a header, such as `Last-Event-ID`; see [#parse(String)].
  public String token() {
    return build + "." + sequence;
  }

  /// @throws InvalidQueryException when `token` is not from [#token()]
  public static ChangePosition parse(String token) {
    int dot = token.lastIndexOf('.');
    if (dot > 0) {
      try {
        return new ChangePosition(
            token.substring(0, dot), Long.parseLong(token.substring(dot + 1)));
      } catch (NumberFormatException e) {
        // Reported below.
      }
    }
    throw new InvalidQueryException("after", "not a change position of this service");
  }
}
