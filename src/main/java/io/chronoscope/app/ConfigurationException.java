package io.chronoscope.app;

import org.jspecify.annotations.Nullable;

/// A setting that cannot be used; the message names its key and value.
final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ConfigurationException(String message) {
    this(message, null);
  }

  ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
