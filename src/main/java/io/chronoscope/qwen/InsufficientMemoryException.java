package io.chronoscope.qwen;

/// Thrown before a model is opened that would take more memory than there is; the message says how
/// much is missing and what would fit.
public final class InsufficientMemoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InsufficientMemoryException(String message) {
    super(message);
  }
}
