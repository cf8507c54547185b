package io.chronoscope.config;

import org.jspecify.annotations.Nullable;

/// An invalid setting; the message names its key and value.
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ConfigurationException(String message) {
    this(message, null);
  }

  public ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
