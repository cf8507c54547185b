package io.chronoscope.ort;

/// Thrown when this process cannot compute on the device that was asked for; the message names
/// everything that is missing.
public final class DeviceUnavailableException extends OnnxRuntimeException {

  private static final long serialVersionUID = 1L;

  DeviceUnavailableException(String message) {
    super(message);
  }
}
