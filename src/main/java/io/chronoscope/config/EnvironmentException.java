package io.chronoscope.config;

import org.jspecify.annotations.Nullable;

/// Something outside the program is not as it must be: a checkpoint that is not there, a broker
/// that does not answer, a port in use. Says what, in words for whoever can change it.
public final class EnvironmentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public EnvironmentException(String message) {
    this(message, null);
  }

  /// A topic that is not there, or whatever else the brokers do not have.
  public static EnvironmentException notOn(String servers, IllegalArgumentException missing) {
    return new EnvironmentException(
        missing.getMessage() + " on " + servers + "; is the service running?", missing);
  }

  public EnvironmentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
