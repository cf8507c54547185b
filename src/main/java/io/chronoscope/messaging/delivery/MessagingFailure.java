package io.chronoscope.messaging.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The first thing that went wrong for good. After it nothing more is read or written, liveness
/// says no with the reason, and the process ends so that whoever watches over it starts it again:
/// from the last durable step, which is the only safe place to go on from.
public final class MessagingFailure {

  private static final Logger LOG = LoggerFactory.getLogger(MessagingFailure.class);

  private final List<Consumer<String>> told = new ArrayList<>();
  private volatile Optional<String> reason = Optional.empty();

  /// @param what was being done
  public void report(String what, Throwable cause) {
    List<Consumer<String>> toTell;
    synchronized (this) {
      if (reason.isPresent()) {
        return;
      }
      reason = Optional.of(what + ": " + cause);
      toTell = List.copyOf(told);
    }
    LOG.error("{}; nothing more is read until the process is started again", what, cause);
    toTell.forEach(one -> one.accept(what + ": " + cause));
  }

  /// @param one told the reason, at once if something has gone wrong already. Must not block
  public void whenReported(Consumer<String> one) {
    synchronized (this) {
      if (reason.isEmpty()) {
        told.add(one);
        return;
      }
    }
    one.accept(reason.get());
  }

  /// What went wrong, in words; empty while all is well.
  public Optional<String> reason() {
    return reason;
  }
}
