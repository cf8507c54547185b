package io.chronoscope.decode.worker;

/// The worker is gone, or has to be replaced: it died, exceeded a limit, or says itself that it
/// failed.
final class WorkerLostException extends Exception {

  private static final long serialVersionUID = 1L;

  private final LossCause loss;

  WorkerLostException(LossCause loss, String detail) {
    super(detail);
    this.loss = loss;
  }

  LossCause loss() {
    return loss;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
