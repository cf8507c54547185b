package io.chronoscope.batching;

import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Decoding;
import io.chronoscope.vlm.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Runs a [PromptScheduler] on a thread of its own. Thread-safe.
final class ContinuousDecoder implements PromptQueue {

  private record Submitted(
      String stream, Prompt prompt, Priority priority, CompletableFuture<Answer> result) {}

  private final Decoding decoding;
  private final PromptScheduler scheduler;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Submitted> submitted = new ArrayList<>();
  private final Thread thread;
  private boolean closed;

  /// @param decoding closed with this object
  /// @param slots answers that are generated at a time at most
  ContinuousDecoder(Decoding decoding, int slots, BatchListener listener) {
    this.decoding = decoding;
    this.scheduler = new PromptScheduler(decoding, slots, listener, System::nanoTime);
    this.thread = Thread.ofPlatform().name("decoder").daemon().unstarted(this::runUntilClosed);
    thread.start();
  }

  @Override
  public CompletableFuture<Answer> submit(String stream, Prompt prompt, Priority priority) {
    CompletableFuture<Answer> result = new CompletableFuture<>();
    lock.lock();
    try {
      if (closed) {
        return CompletableFuture.failedFuture(rejection());
      }
      submitted.add(new Submitted(stream, prompt, priority, result));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return result;
  }

  private static RejectedExecutionException rejection() {
    return new RejectedExecutionException("decoder is closed");
  }

  private void runUntilClosed() {
    try {
      while (accept()) {
        scheduler.step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      scheduler.reject(rejection());
      rejectSubmitted();
      decoding.close();
    }
  }

  /// Passes on what was submitted; waits while there is nothing to do.
  ///
  /// @return false when closed
  private boolean accept() throws InterruptedException {
    lock.lock();
    try {
      while (!closed && submitted.isEmpty() && scheduler.isIdle()) {
        changed.await();
      }
      submitted.forEach(
          item -> scheduler.add(item.stream, item.prompt, item.priority, item.result));
      submitted.clear();
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void rejectSubmitted() {
    lock.lock();
    try {
      closed = true;
      submitted.forEach(item -> item.result.completeExceptionally(rejection()));
      submitted.clear();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the step in progress and fails everything that has not ended.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
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
