package io.chronoscope.config;

import org.jspecify.annotations.Nullable;

/// Something outside the program is missing or unusable: no checkpoint, an unreachable broker, a
/// port in use. The message says what, for the person who can change it.
public final class EnvironmentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public EnvironmentException(String message) {
    this(message, null);
  }

  public EnvironmentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
