package io.chronoscope.fairness;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Runs tasks of many streams on a fixed number of threads: a stream's in the order in which they
/// came, and of the streams that wait the one whose tasks have run for the least time
/// ([FairQueue]). A stream alone may use all threads; beside others, a long queue of it delays
/// theirs by the tasks that are running.
///
/// Thread-safe.
public final class FairExecutor implements AutoCloseable {

  private record Job(String stream, FutureTask<?> task) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final FairQueue<Job> waiting = new FairQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean closed;

  /// @param name of the threads, before their number
  public FairExecutor(String name, int threadCount) {
    if (threadCount <= 0) {
      throw new IllegalArgumentException("number of threads is " + threadCount);
    }
    for (int i = 0; i < threadCount; i++) {
      threads.add(Thread.ofPlatform().name(name + "-" + i).daemon().start(this::run));
    }
  }

  /// @return the task's result; to cancel it interrupts the task
  /// @throws CancellationException when this is closed
  public <T> Future<T> submit(String stream, Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    lock.lock();
    try {
      if (closed) {
        throw new CancellationException("no more tasks are run");
      }
      waiting.add(stream, new Job(stream, future));
      changed.signal();
    } finally {
      lock.unlock();
    }
    return future;
  }

  private void run() {
    for (Optional<Job> job = next(); job.isPresent(); job = next()) {
      long since = System.nanoTime();
      job.get().task().run();
      charge(job.get().stream(), System.nanoTime() - since);
    }
  }

  private Optional<Job> next() {
    lock.lock();
    try {
      while (!closed) {
        Optional<Job> job = waiting.poll(any -> true);
        if (job.isPresent()) {
          return job;
        }
        changed.awaitUninterruptibly();
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void charge(String stream, long nanos) {
    lock.lock();
    try {
      waiting.charge(stream, nanos);
    } finally {
      lock.unlock();
    }
  }

  /// Gives up what waits and interrupts what runs.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      waiting.drain().forEach(job -> job.task().cancel(true));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    threads.forEach(Thread::interrupt);
  }

  /// Waits for the threads to end after [#close].
  ///
  /// @return whether they have ended in time
  public boolean awaitEnd(long timeout, TimeUnit unit) throws InterruptedException {
    long until = System.nanoTime() + unit.toNanos(timeout);
    for (Thread thread : threads) {
      long left = until - System.nanoTime();
      if (left <= 0 || !thread.join(java.time.Duration.ofNanos(left))) {
        return false;
      }
    }
    return true;
  }
}
