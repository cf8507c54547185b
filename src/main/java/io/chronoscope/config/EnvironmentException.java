package io.chronoscope.config;

import org.jspecify.annotations.Nullable;

/// Something outside the program is missing or unusable: no checkpoint, an unreachable broker, a
/// port in use. The message says what, for the person who can change it.
public final class EnvironmentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public EnvironmentException(String message) {
    this(message, null);
  }

  /// A topic, or anything else, that does not exist on the brokers.
  public static EnvironmentException notOn(String servers, IllegalArgumentException missing) {
    return new EnvironmentException(
        missing.getMessage() + " on " + servers + "; is the service running?", missing);
  }

  public EnvironmentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
