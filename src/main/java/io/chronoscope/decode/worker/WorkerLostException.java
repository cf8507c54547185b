package io.chronoscope.decode.worker;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;

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

  /// What is said of the media that took the worker with it.
  UnreadableMediaException rejected() {
    return new UnreadableMediaException(
        switch (loss) {
          case MEMORY, CPU_TIME, WALL_TIME, OUTPUT -> Reason.OVER_BUDGET;
          case CRASH -> Reason.DECODER_CRASHED;
        },
        detail());
  }
}
