package io.chronoscope.live;

/// The brokers do not take a chunk, however often it is sent.
public final class RefusedChunkException extends Exception {

  private static final long serialVersionUID = 1L;

  public RefusedChunkException(String message, Throwable cause) {
    super(message, cause);
  }
}
