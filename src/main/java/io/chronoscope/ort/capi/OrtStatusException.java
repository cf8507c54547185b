package io.chronoscope.ort.capi;

/// Thrown when a function of the runtime returns an error status; the message is the runtime's.
public final class OrtStatusException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int code;

  OrtStatusException(int code, String message) {
    super(message);
    this.code = code;
  }

  /// `OrtErrorCode`: 1 failure, 2 invalid argument, 6 runtime exception, 9 not implemented, …
  public int code() {
    return code;
  }
}
