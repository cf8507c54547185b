package io.chronoscope.ort;

/// The runtime refused a graph or failed while computing; says which.
public final class OnnxRuntimeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public OnnxRuntimeException(String message, Throwable cause) {
    super(message, cause);
  }

  public OnnxRuntimeException(String message) {
    super(message);
  }
}
