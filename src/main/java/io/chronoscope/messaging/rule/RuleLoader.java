package io.chronoscope.messaging.rule;

import io.chronoscope.client.RuleReader;
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

/// Follows the rules' topic, all of it, into the table of rules in force: first what is there, then
/// what comes. Every instance does so for itself. When reading fails it begins anew, and the rules
/// read so far stay in force meanwhile.
public final class RuleLoader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RuleLoader.class);
  private static final Duration WAIT = Duration.ofSeconds(1);

  private final Supplier<RuleReader> open;
  private final RuleTable table;
  private final RuleMetrics metrics;
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final Thread thread;
  private volatile Optional<String> trouble = Optional.empty();
  private volatile boolean closed;
  private volatile @Nullable RuleReader reader;

  public RuleLoader(Supplier<RuleReader> open, RuleTable table, RuleMetrics metrics) {
    this.open = open;
    this.table = table;
    this.metrics = metrics;
    this.thread = Thread.ofPlatform().name("rules").daemon().unstarted(this::follow);
  }

  public void start() {
    thread.start();
  }

  /// Waits until the rules that were there at the start are in force.
  ///
  /// @return false when the follower was closed before
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

  /// Why the topic cannot be read at the moment.
  public Optional<String> trouble() {
    return trouble;
  }

  private void follow() {
    while (!closed) {
      try (RuleReader opened = open.get()) {
        reader = opened;
        trouble = Optional.empty();
        read(opened);
      } catch (RuntimeException e) {
        if (!closed) {
          if (!trouble.equals(Optional.of(e.toString()))) {
            LOG.warn("the rules cannot be read, trying again: {}", e.toString());
          }
          trouble = Optional.of(e.toString());
          LockSupport.parkNanos(WAIT.toNanos());
        }
      } finally {
        reader = null;
      }
    }
  }

  private void read(RuleReader from) {
    // What was taken away while nobody read may have left no trace on a compacted topic.
    Set<String> there = new HashSet<>();
    boolean behind = true;
    while (!closed) {
      for (RuleChange change : from.poll(WAIT)) {
        apply(change, there);
      }
      if (behind && !closed && from.caughtUp()) {
        behind = false;
        table.all().stream().map(Rule::id).filter(id -> !there.contains(id)).forEach(table::remove);
        LOG.info("{} rules are in force", table.all().size());
        caughtUp.complete(null);
      }
    }
  }

  private void apply(RuleChange change, Set<String> there) {
    switch (change) {
      case RuleChange.Put(var at, Rule rule) -> {
        there.add(rule.id());
        Optional<Rule> before = table.put(rule);
        if (!before.equals(Optional.of(rule)) && isCaughtUp()) {
          LOG.info("rule {} is in force for {}: {}", rule.id(), rule.streams().text(), rule.text());
        }
      }
      case RuleChange.Removed(var at, String id) -> {
        there.remove(id);
        table.remove(id).ifPresent(rule -> LOG.info("rule {} is taken away", id));
      }
      case RuleChange.Malformed(var at, Optional<String> id, var rejection) -> {
        id.ifPresent(there::add);
        metrics.rejected();
        LOG.warn("{} is no rule, what was in force stays: {}", at, rejection.detail());
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
