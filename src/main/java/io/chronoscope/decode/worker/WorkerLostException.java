package io.chronoscope.decode.worker;

/// The worker is gone: it died, or it was killed because it exceeded a limit.
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
