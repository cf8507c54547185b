package io.chronoscope.batching;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
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

/// Collects items that may run together (equal keys) and runs them in batches on one thread of its
/// own. The kind whose first item has waited longest goes first; while a batch runs, the next ones
/// grow. What may come later gives way to everything else, in small batches that hold up little.
///
/// @param <K> what must be equal for items to share a batch
/// @param <I> an item
/// @param <O> its result
public final class Batcher<K, I, O> implements AutoCloseable {

  /// After this long, what may come later takes its turn like everything else.
  static final Duration LATER_AT_MOST = Duration.ofSeconds(2);

  private static final int PART_OF_A_BATCH = 4;

  private record Kind<K>(K key, boolean later) {}

  private record Waiting<I, O>(I item, CompletableFuture<O> result, long sinceNanos) {}

  private final BatchLimits limits;
  private final BiFunction<K, List<I>, List<O>> work;
  private final IntConsumer onBatch;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Insertion order is the order in which the kinds' first items came.
  private final Map<Kind<K>, List<Waiting<I, O>>> waiting = new LinkedHashMap<>();
  private final Thread thread;
  private boolean closed;

  /// @param work takes a batch and gives one result for each item, in order
  /// @param onBatch told the size of each batch before it runs
  public Batcher(
      String name, BatchLimits limits, BiFunction<K, List<I>, List<O>> work, IntConsumer onBatch) {
    this.limits = limits;
    this.work = work;
    this.onBatch = onBatch;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::runUntilClosed);
    thread.start();
  }

  /// Hands in an item. Its result arrives when its batch has run; a batch that throws fails all its
  /// items.
  public CompletableFuture<O> submit(K key, I item) {
    return submit(new Kind<>(key, false), item);
  }

  /// The same for an item that gives way: it runs when nothing else is waiting, or once it has
  /// waited for [#LATER_AT_MOST].
  public CompletableFuture<O> submitLater(K key, I item) {
    return submit(new Kind<>(key, true), item);
  }

  private CompletableFuture<O> submit(Kind<K> kind, I item) {
    CompletableFuture<O> result = new CompletableFuture<>();
    lock.lock();
    try {
      if (closed) {
        return CompletableFuture.failedFuture(
            new RejectedExecutionException(thread.getName() + " is closed"));
      }
      waiting
          .computeIfAbsent(kind, k -> new ArrayList<>())
          .add(new Waiting<>(item, result, System.nanoTime()));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return result;
  }

  /// Items not yet running.
  public int queued() {
    lock.lock();
    try {
      return waiting.values().stream().mapToInt(List::size).sum();
    } finally {
      lock.unlock();
    }
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
            "a batch of %d items gave %d results".formatted(batch.items.size(), results.size()));
      }
      for (int i = 0; i < results.size(); i++) {
        batch.items.get(i).result.complete(results.get(i));
      }
    } catch (RuntimeException | Error e) {
      batch.items.forEach(item -> item.result.completeExceptionally(e));
    }
  }

  /// Waits for a batch that is full or has waited long enough; null when closed.
  private @Nullable Batch<K, I, O> nextBatch() {
    lock.lock();
    try {
      while (!closed) {
        if (waiting.isEmpty()) {
          changed.await();
          continue;
        }
        Kind<K> ripe = null;
        boolean onlyLater = waiting.keySet().stream().allMatch(Kind::later);
        long shortestWait = Long.MAX_VALUE;
        for (var entry : waiting.entrySet()) {
          boolean givesWay = entry.getKey().later && !onlyLater;
          long left = nanosUntilRipe(entry.getKey(), entry.getValue(), givesWay);
          if (left <= 0) {
            ripe = entry.getKey();
            break;
          }
          shortestWait = Math.min(shortestWait, left);
        }
        if (ripe == null) {
          changed.awaitNanos(shortestWait);
        } else {
          return take(ripe);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    return null;
  }

  private long nanosUntilRipe(Kind<K> kind, List<Waiting<I, O>> items, boolean givesWay) {
    if (!givesWay && items.size() >= most(kind)) {
      return 0;
    }
    Duration delay = givesWay ? LATER_AT_MOST : limits.maxDelay();
    return delay.toNanos() - (System.nanoTime() - items.getFirst().sinceNanos);
  }

  private int most(Kind<K> kind) {
    return kind.later ? Math.max(1, limits.maxItems() / PART_OF_A_BATCH) : limits.maxItems();
  }

  private Batch<K, I, O> take(Kind<K> kind) {
    List<Waiting<I, O>> items = Objects.requireNonNull(waiting.remove(kind));
    int most = most(kind);
    if (items.size() <= most) {
      return new Batch<>(kind.key, items);
    }
    // What is left goes to the back, so that one busy kind does not starve the others.
    waiting.put(kind, new ArrayList<>(items.subList(most, items.size())));
    return new Batch<>(kind.key, List.copyOf(items.subList(0, most)));
  }

  /// Fails what is still waiting and waits for the running batch.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      for (Iterator<List<Waiting<I, O>>> lists = waiting.values().iterator(); lists.hasNext(); ) {
        lists
            .next()
            .forEach(item ->
                item.result.completeExceptionally(
                    new RejectedExecutionException(thread.getName() + " is closed")));
        lists.remove();
      }
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
