package io.chronoscope.search.indexing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Wakes up those who wait for the next change. Thread-safe.
public final class ChangeSignal {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition next = lock.newCondition();
  private long count;
  private boolean closed;

  /// Number of changes so far.
  public long count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  /// There was a change.
  public void changed() {
    lock.lock();
    try {
      count++;
      next.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Ends every wait, now and later.
  public void close() {
    lock.lock();
    try {
      closed = true;
      next.signalAll();
    } finally {
      lock.unlock();
    }
  }

  public boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a change after `seen`.
  ///
  /// @param deadline as of [System#nanoTime()]
  /// @return whether there was one; otherwise the time is over, the signal closed or the thread
  ///   interrupted
  public boolean await(long seen, long deadline) {
    lock.lock();
    try {
      while (count == seen) {
        long left = deadline - System.nanoTime();
        if (closed || left <= 0) {
          return false;
        }
        next.await(left, TimeUnit.NANOSECONDS);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
