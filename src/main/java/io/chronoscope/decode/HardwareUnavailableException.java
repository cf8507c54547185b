package io.chronoscope.decode;

/// The hardware that is to decode is not there, or cannot be opened. The message says what is
/// missing.
public final class HardwareUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  HardwareUnavailableException(String message) {
    super(message);
  }
}
