package io.chronoscope.service;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Has embeddings collected that nothing refers to any more. They are outside the Java heap and
/// freed with the objects that refer to them. Those are old when the cache evicts them, and young
/// collections, which are all that a heap with room to spare needs, never look at old objects: a
/// service would grow until it meets the limit of direct memory.
final class DeadEmbeddings implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofSeconds(10);

  /// Less is not worth a collection, as with a cache of no bytes.
  private static final long LEAST_GROWTH = 8L << 20;

  private final LongSupplier bytes;
  private final long maxGrowth;
  private final Runnable collector;
  private final Thread thread;
  private long least = Long.MAX_VALUE;
  private volatile boolean closed;

  /// @param bytes direct memory that is in no cache
  /// @param maxGrowth growth in bytes since the least so far, or since the last collection, from
  ///   which on there is a collection
  /// @param collector returns when what is dead has been found
  DeadEmbeddings(LongSupplier bytes, long maxGrowth, Runnable collector) {
    this.bytes = bytes;
    this.maxGrowth = Math.max(LEAST_GROWTH, maxGrowth);
    this.collector = collector;
    this.thread = Thread.ofVirtual().name("dead-embeddings").unstarted(this::run);
  }

  DeadEmbeddings start() {
    thread.start();
    return this;
  }

  private void run() {
    while (!closed) {
      LockSupport.parkNanos(INTERVAL.toNanos());
      check();
    }
  }

  /// What stays after a collection is alive, and counts as the least.
  void check() {
    long now = bytes.getAsLong();
    least = Math.min(least, now);
    if (now - least > maxGrowth) {
      collector.run();
      least = bytes.getAsLong();
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
