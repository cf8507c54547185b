package io.chronoscope.app;

import org.jspecify.annotations.Nullable;

/// Something outside the program is not as it must be: a checkpoint that is not there, a broker
/// that does not answer, a port in use. Says what, in words for whoever can change it.
final class EnvironmentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  EnvironmentException(String message) {
    this(message, null);
  }

  /// A topic that is not there, or whatever else the brokers do not have.
  static EnvironmentException notOn(String servers, IllegalArgumentException missing) {
    return new EnvironmentException(
        missing.getMessage() + " on " + servers + "; is the service running?", missing);
  }

  EnvironmentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
