package io.chronoscope.domain;

/// Thrown when a segment cannot be decoded; the [Rejection] explains why to its producer.
public final class UnreadableMediaException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Rejection rejection;

  public UnreadableMediaException(Rejection.Reason reason, String detail) {
    super(reason + ": " + detail);
    this.rejection = new Rejection(reason, detail);
  }

  public Rejection rejection() {
    return rejection;
  }
}
