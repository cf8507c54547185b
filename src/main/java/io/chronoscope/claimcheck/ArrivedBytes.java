package io.chronoscope.claimcheck;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Bounds the memory of media that were fetched and are not decoded yet, by what has arrived of
/// them, not by what their references state. Above the bound only the fetch that began first
/// continues, so that at least one always completes. Thread-safe.
final class ArrivedBytes {

  private final long maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition released = lock.newCondition();
  private final Set<Fetch> inFirstOrder = new LinkedHashSet<>();
  private long bytes;

  ArrivedBytes(long maxBytes) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("at most " + maxBytes + " bytes of fetched media");
    }
    this.maxBytes = maxBytes;
  }

  /// One fetch, from its beginning until its bytes are no longer needed.
  final class Fetch implements AutoCloseable {
    private long held;

    /// Waits until there is memory for more of this fetch.
    ///
    /// @return nanoseconds waited
    long add(long added) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        long since = System.nanoTime();
        boolean waited = false;
        while (bytes + added > maxBytes && inFirstOrder.iterator().next() != this) {
          waited = true;
          released.await();
        }
        held += added;
        bytes += added;
        return waited ? System.nanoTime() - since : 0;
      } finally {
        lock.unlock();
      }
    }

    /// Forgets what has arrived, to fetch it once more.
    void restart() {
      lock.lock();
      try {
        bytes -= held;
        held = 0;
        released.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        inFirstOrder.remove(this);
        bytes -= held;
        held = 0;
        released.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  Fetch begin() {
    Fetch fetch = new Fetch();
    lock.lock();
    try {
      inFirstOrder.add(fetch);
    } finally {
      lock.unlock();
    }
    return fetch;
  }

  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }
}
