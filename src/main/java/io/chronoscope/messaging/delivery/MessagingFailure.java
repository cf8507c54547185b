package io.chronoscope.messaging.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The first unrecoverable failure of the Kafka edge. After it nothing more is read or written, the
/// liveness check is down with the reason, and the process exits so that its supervisor restarts
/// it: from the last durable commit, the only safe point to resume from. Thread-safe.
public final class MessagingFailure {

  private static final Logger LOG = LoggerFactory.getLogger(MessagingFailure.class);

  private final List<Consumer<String>> listeners = new ArrayList<>();
  private volatile Optional<String> reason = Optional.empty();

  /// Reports a failure; only the first one counts.
  ///
  /// @param what failed, as a sentence without a period
  public void report(String what, Throwable cause) {
    List<Consumer<String>> toNotify;
    synchronized (this) {
      if (reason.isPresent()) {
        return;
      }
      reason = Optional.of(what + ": " + cause);
      toNotify = List.copyOf(listeners);
    }
    LOG.error("{}; reading stops until the process is restarted", what, cause);
    toNotify.forEach(listener -> listener.accept(what + ": " + cause));
  }

  /// @param listener receives the reason, at once if a failure is already reported. Must not block
  public void onFailure(Consumer<String> listener) {
    synchronized (this) {
      if (reason.isEmpty()) {
        listeners.add(listener);
        return;
      }
    }
    listener.accept(reason.get());
  }

  /// What failed and why; empty if nothing has.
  public Optional<String> reason() {
    return reason;
  }
}
