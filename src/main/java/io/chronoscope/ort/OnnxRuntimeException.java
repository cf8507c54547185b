package io.chronoscope.ort;

/// Thrown when ONNX Runtime rejects a graph, fails while computing, or cannot be loaded.
public class OnnxRuntimeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public OnnxRuntimeException(String message, Throwable cause) {
    super(message, cause);
  }

  public OnnxRuntimeException(String message) {
    super(message);
  }
}
