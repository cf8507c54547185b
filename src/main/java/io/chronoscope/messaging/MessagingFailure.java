package io.chronoscope.messaging;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The first thing that went wrong for good. After it nothing more is read or written, liveness
/// says no with the reason, and whoever watches over the process starts it again: from the last
/// durable step, which is the only safe place to go on from.
public final class MessagingFailure {

  private static final Logger LOG = LoggerFactory.getLogger(MessagingFailure.class);

  private volatile Optional<String> reason = Optional.empty();

  /// @param what was being done
  synchronized void report(String what, Throwable cause) {
    if (reason.isEmpty()) {
      reason = Optional.of(what + ": " + cause);
      LOG.error("{}; nothing more is read until the process is started again", what, cause);
    }
  }

  /// What went wrong, in words; empty while all is well.
  public Optional<String> reason() {
    return reason;
  }
}
