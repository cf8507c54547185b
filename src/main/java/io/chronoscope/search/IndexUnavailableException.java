package io.chronoscope.search;

/// The index cannot answer now, for instance because its server cannot be reached. Another attempt
/// later may succeed.
public final class IndexUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  public IndexUnavailableException(String message) {
    super(message);
  }

  public IndexUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
