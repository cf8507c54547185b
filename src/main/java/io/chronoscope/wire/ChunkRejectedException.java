package io.chronoscope.wire;

import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;

/// A record of the chunks topic that is not read, and why. Has no stack trace: bad records are
/// input, not faults.
final class ChunkRejectedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Rejection rejection;

  ChunkRejectedException(Reason reason, String detail) {
    super(detail, null, false, false);
    this.rejection = new Rejection(reason, detail);
  }

  Rejection rejection() {
    return rejection;
  }
}
