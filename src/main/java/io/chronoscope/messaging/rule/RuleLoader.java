package io.chronoscope.messaging.rule;

import io.chronoscope.client.RuleReader;
import io.chronoscope.domain.PrintableText;
import io.chronoscope.rule.Rule;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.wire.RuleChange;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads the whole rules topic into the [RuleTable] and keeps it up to date. Every instance does so
/// for itself. If reading fails, it starts over from the beginning of the topic; the rules loaded
/// so far stay in force meanwhile.
public final class RuleLoader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RuleLoader.class);
  private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration BACKOFF = Duration.ofSeconds(1);

  private final Supplier<RuleReader> open;
  private final RuleTable table;
  private final RuleMetrics metrics;
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final Thread thread;
  private volatile Optional<String> problem = Optional.empty();
  private volatile boolean closed;
  private volatile @Nullable RuleReader reader;

  /// @param open a reader at the beginning of the rules topic
  public RuleLoader(Supplier<RuleReader> open, RuleTable table, RuleMetrics metrics) {
    this.open = open;
    this.table = table;
    this.metrics = metrics;
    this.thread = Thread.ofPlatform().name("rules").daemon().unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /// Waits until the rules that were on the topic at the start are in force.
  ///
  /// @return false if the loader was closed before
  public boolean awaitCaughtUp() {
    try {
      caughtUp.join();
      return true;
    } catch (CompletionException | java.util.concurrent.CancellationException e) {
      return false;
    }
  }

  public boolean isCaughtUp() {
    return caughtUp.isDone();
  }

  /// Why the topic cannot be read at the moment; empty if it can.
  public Optional<String> problem() {
    return problem;
  }

  private void run() {
    while (!closed) {
      try (RuleReader opened = open.get()) {
        reader = opened;
        problem = Optional.empty();
        read(opened);
      } catch (RuntimeException e) {
        if (!closed) {
          if (!problem.equals(Optional.of(e.toString()))) {
            LOG.warn("rules cannot be read, retrying: {}", e.toString());
          }
          problem = Optional.of(e.toString());
          LockSupport.parkNanos(BACKOFF.toNanos());
        }
      } finally {
        reader = null;
      }
    }
  }

  private void read(RuleReader from) {
    // A compacted topic may hold no trace of a rule that was removed while nothing was read.
    Set<String> present = new HashSet<>();
    boolean catchingUp = true;
    while (!closed) {
      for (RuleChange change : from.poll(POLL_TIMEOUT)) {
        apply(change, present);
      }
      if (catchingUp && !closed && from.caughtUp()) {
        catchingUp = false;
        table.all().stream()
            .map(Rule::id)
            .filter(id -> !present.contains(id))
            .forEach(table::remove);
        LOG.info("{} rules are in force", table.all().size());
        caughtUp.complete(null);
      }
    }
  }

  private void apply(RuleChange change, Set<String> present) {
    switch (change) {
      case RuleChange.Put(var at, Rule rule) -> {
        present.add(rule.id());
        Optional<Rule> before = table.put(rule);
        if (!before.equals(Optional.of(rule)) && isCaughtUp()) {
          LOG.info(
              "rule {} is in force for {}: {}",
              PrintableText.of(rule.id()),
              PrintableText.of(rule.streams().text()),
              rule.text());
        }
      }
      case RuleChange.Removed(var at, String id) -> {
        present.remove(id);
        table.remove(id).ifPresent(rule -> LOG.info("rule {} is removed", PrintableText.of(id)));
      }
      case RuleChange.Malformed(var at, Optional<String> id, var rejection) -> {
        id.ifPresent(present::add);
        metrics.rejected();
        LOG.warn(
            "invalid rule at {}, the previous version stays in force: {}",
            at,
            PrintableText.of(rejection.detail()));
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    caughtUp.cancel(false);
    RuleReader open = reader;
    if (open != null) {
      open.stop();
    }
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
