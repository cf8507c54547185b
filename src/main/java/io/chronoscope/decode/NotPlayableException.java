package io.chronoscope.decode;

/// A browser cannot play the video as it is encoded.
public final class NotPlayableException extends Exception {

  private static final long serialVersionUID = 1L;

  public NotPlayableException(String message) {
    super(message);
  }
}
