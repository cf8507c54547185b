package io.chronoscope.decode.worker;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// In the parent, what is said with a worker about one chunk or file: how long the worker has been
/// waited for, and how much CPU time it may take. A sink that throws while an answer is made ends
/// the conversation: the worker is asked to stop, and the exception is thrown again when it has.
final class Conversation {

  /// Limits the worker's CPU time.
  interface CpuLimit {
    /// @param seconds since the worker started
    void set(long seconds) throws IOException;
  }

  /// Makes an answer by asking the sink.
  interface Answer {
    Message get() throws IOException, WorkerLostException;
  }

  private final MessageChannel channel;
  private final ChunkBudget budget;
  private final CpuLimit cpuLimit;
  private long cpuSecondsBefore;
  private long cpuSecondsAllowed;
  private @Nullable RuntimeException failure;
  private boolean over;

  private volatile long waitedNanos;
  private volatile long waitingSince = Long.MIN_VALUE;

  Conversation(MessageChannel channel, ChunkBudget budget, CpuLimit cpuLimit) {
    this.channel = channel;
    this.budget = budget;
    this.cpuLimit = cpuLimit;
  }

  /// @param cpuSeconds that the worker has used so far
  /// @param lengthMicros of the video, as far as it is known
  void begin(long cpuSeconds, long lengthMicros) throws IOException {
    cpuSecondsBefore = cpuSeconds;
    allowCpuFor(lengthMicros);
  }

  /// Waits for the worker's next message.
  Message receive() throws IOException {
    waitingSince = System.nanoTime();
    try {
      return channel.receive();
    } finally {
      waitedNanos += System.nanoTime() - waitingSince;
      waitingSince = Long.MIN_VALUE;
    }
  }

  /// Answers, unless the sink has failed.
  void answer(Answer answer) throws IOException, WorkerLostException {
    Message message = new Message.Abort();
    if (failure == null) {
      try {
        message = answer.get();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    channel.send(message);
  }

  boolean sinkFailed() {
    return failure != null;
  }

  /// Called whenever more is known of how long the video is.
  void allowCpuFor(long lengthMicros) throws IOException {
    long allowed = cpuSecondsBefore + budget.cpuTime().secondsFor(lengthMicros);
    if (allowed > cpuSecondsAllowed) {
      cpuLimit.set(allowed);
      cpuSecondsAllowed = allowed;
    }
  }

  /// Whether the worker has been waited for longer than it may take. For any thread.
  boolean tookLongerThan(Duration limit) {
    long since = waitingSince;
    long waited = waitedNanos + (since == Long.MIN_VALUE ? 0 : System.nanoTime() - since);
    return waited > limit.toNanos();
  }

  /// The worker has come on with a file: its time begins anew.
  void forgetWaiting() {
    waitedNanos = 0;
  }

  /// The worker is done, and can take another chunk. Throws what the sink threw, if it did.
  void end() {
    over = true;
    if (failure != null) {
      throw failure;
    }
  }

  boolean isOver() {
    return over;
  }

  ChunkBudget budget() {
    return budget;
  }
}
