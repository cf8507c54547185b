package io.chronoscope.search;

/// A request that cannot be answered as it stands. Says which field is wrong and why.
public final class InvalidQueryException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String field;

  /// @param field name of the request's field: `q`, `limit`, `after`, `from`, `to`, `minConfidence`
  /// @param reason what is wrong with it, for the person who asked
  public InvalidQueryException(String field, String reason) {
    super(field + ": " + reason);
    this.field = field;
  }

  public String field() {
    return field;
  }
}
