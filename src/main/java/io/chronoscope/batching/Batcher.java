package io.chronoscope.batching;

import io.chronoscope.fairness.FairQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Collects items with equal keys into batches and runs the batches on a thread of its own. The key
/// whose first item has waited longest runs first; while a batch runs, the next ones grow. Where
/// more items wait than a batch takes, streams get equal shares of it ([FairQueue]). Background
/// items run in smaller batches, when no live item is waiting.
///
/// Thread-safe.
///
/// @param <K> key; items of one batch have equal keys
/// @param <I> item
/// @param <O> result of an item
final class Batcher<K, I, O> implements AutoCloseable {

  /// After this long, background items run even if live items are waiting.
  static final Duration MAX_BACKGROUND_WAIT = Duration.ofSeconds(2);

  /// Background batches have this fraction of the maximum size, so that they delay live ones
  /// little.
  private static final int BACKGROUND_BATCH_DIVISOR = 4;

  private record Queue<K>(K key, Priority priority) {}

  private record Waiting<I, O>(
      String stream, I item, CompletableFuture<O> result, long sinceNanos) {}

  private final BatchLimits limits;
  private final BiFunction<K, List<I>, List<O>> work;
  private final IntConsumer onBatch;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Insertion order is the order of the queues' first items.
  private final Map<Queue<K>, FairQueue<Waiting<I, O>>> waiting = new LinkedHashMap<>();
  private final Thread thread;
  private boolean closed;

  /// @param name of the thread
  /// @param work computes one result for each item of a batch, in order
  /// @param onBatch receives the size of each batch before it runs
  Batcher(
      String name, BatchLimits limits, BiFunction<K, List<I>, List<O>> work, IntConsumer onBatch) {
    this.limits = limits;
    this.work = work;
    this.onBatch = onBatch;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::runUntilClosed);
    thread.start();
  }

  /// Submits an item. The result completes when its batch has run; a batch that throws fails all of
  /// its items. After [#close()] the result fails with [RejectedExecutionException].
  ///
  /// @param stream on whose behalf
  CompletableFuture<O> submit(K key, String stream, I item, Priority priority) {
    CompletableFuture<O> result = new CompletableFuture<>();
    lock.lock();
    try {
      if (closed) {
        return CompletableFuture.failedFuture(
            new RejectedExecutionException(thread.getName() + " is closed"));
      }
      waiting
          .computeIfAbsent(new Queue<>(key, priority), queue -> new FairQueue<>())
          .add(stream, new Waiting<>(stream, item, result, System.nanoTime()));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return result;
  }

  private void runUntilClosed() {
    while (true) {
      Batch<K, I, O> batch = nextBatch();
      if (batch == null) {
        return;
      }
      run(batch);
    }
  }

  private record Batch<K, I, O>(K key, List<Waiting<I, O>> items) {}

  private void run(Batch<K, I, O> batch) {
    try {
      onBatch.accept(batch.items.size());
      List<O> results = work.apply(batch.key, batch.items.stream().map(Waiting::item).toList());
      if (results.size() != batch.items.size()) {
        throw new IllegalStateException(
            "a batch of %d items returned %d results"
                .formatted(batch.items.size(), results.size()));
      }
      for (int i = 0; i < results.size(); i++) {
        batch.items.get(i).result.complete(results.get(i));
      }
    } catch (RuntimeException | Error e) {
      batch.items.forEach(item -> item.result.completeExceptionally(e));
    }
  }

  /// Waits for a batch that is full or whose first item has waited long enough; null when closed.
  private @Nullable Batch<K, I, O> nextBatch() {
    lock.lock();
    try {
      while (!closed) {
        if (waiting.isEmpty()) {
          changed.await();
          continue;
        }
        Queue<K> due = null;
        boolean onlyBackground =
            waiting.keySet().stream().allMatch(queue -> queue.priority == Priority.BACKGROUND);
        long shortestWait = Long.MAX_VALUE;
        for (var entry : waiting.entrySet()) {
          boolean yields = entry.getKey().priority == Priority.BACKGROUND && !onlyBackground;
          long left = nanosUntilDue(entry.getKey(), entry.getValue(), yields);
          if (left <= 0) {
            due = entry.getKey();
            break;
          }
          shortestWait = Math.min(shortestWait, left);
        }
        if (due == null) {
          changed.awaitNanos(shortestWait);
        } else {
          return removeBatch(due);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    return null;
  }

  /// @param yields whether the queue waits for live items to run first
  private long nanosUntilDue(Queue<K> queue, FairQueue<Waiting<I, O>> items, boolean yields) {
    if (!yields && items.size() >= maxItems(queue)) {
      return 0;
    }
    Duration delay = yields ? MAX_BACKGROUND_WAIT : limits.maxDelay();
    long oldest = items.heads().mapToLong(Waiting::sinceNanos).min().orElseThrow();
    return delay.toNanos() - (System.nanoTime() - oldest);
  }

  private int maxItems(Queue<K> queue) {
    return switch (queue.priority) {
      case LIVE -> limits.maxItems();
      case BACKGROUND -> Math.max(1, limits.maxItems() / BACKGROUND_BATCH_DIVISOR);
    };
  }

  private Batch<K, I, O> removeBatch(Queue<K> queue) {
    FairQueue<Waiting<I, O>> items = Objects.requireNonNull(waiting.remove(queue));
    List<Waiting<I, O>> batch = new ArrayList<>();
    while (batch.size() < maxItems(queue) && !items.isEmpty()) {
      Waiting<I, O> next = items.poll(any -> true).orElseThrow();
      items.charge(next.stream, 1);
      batch.add(next);
    }
    if (!items.isEmpty()) {
      // The rest goes to the back, so that one busy key does not starve the others.
      waiting.put(queue, items);
    }
    return new Batch<>(queue.key, batch);
  }

  /// Fails the waiting items and waits for the running batch.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      for (FairQueue<Waiting<I, O>> queue : waiting.values()) {
        queue
            .drain()
            .forEach(item ->
                item.result.completeExceptionally(
                    new RejectedExecutionException(thread.getName() + " is closed")));
      }
      waiting.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
