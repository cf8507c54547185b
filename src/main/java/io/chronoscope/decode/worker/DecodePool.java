package io.chronoscope.decode.worker;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.DecoderOptions;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.HardwareDevice;
import io.chronoscope.decode.LoopFilter;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaTask;
import io.chronoscope.decode.MediaTaskRunner;
import io.chronoscope.decode.MediaTasks;
import io.chronoscope.decode.TaskSink;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.fairness.FairQueue;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// A fixed number of decoders for the chunks of all streams, each with a thread of its own, so that
/// their number bounds the memory and the threads that decoding takes. A stream that waits gets the
/// next free decoder if it has had the least decoding time ([FairQueue]): alone it may use all of
/// it, beside others its share. What else is made of a chunk ([MediaTask]) waits in the same queue.
/// Thread-safe.
///
/// The caller of [#decode] waits; its sink is called on the decoder's thread meanwhile. A caller
/// that is interrupted while its chunk waits gives up; one whose chunk is being decoded waits for
/// the end.
public final class DecodePool implements MediaDecoder, MediaTaskRunner, AutoCloseable {

  /// How decode workers run.
  ///
  /// @param count of processes
  /// @param maxPixels of a picture; the memory that a worker shares with this process has room for
  ///   one
  public record Workers(int count, long maxPixels, LoopFilter loopFilter, ChunkBudget budget) {

    public Workers {
      if (count <= 0 || maxPixels <= 0 || maxPixels > Long.MAX_VALUE / 3) {
        throw new IllegalArgumentException(
            "%d decode workers, pictures of up to %d pixels".formatted(count, maxPixels));
      }
    }
  }

  /// A decoder that may have to be started, and is closed.
  private record Slot(
      MediaDecoder decoder,
      MediaTaskRunner tasks,
      Runnable start,
      Runnable abort,
      Runnable close) {}

  private interface Work<T> {
    T with(Slot slot) throws UnreadableMediaException;
  }

  private record Job<T>(String stream, Work<T> work, CompletableFuture<T> result) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final FairQueue<Job<?>> waiting = new FairQueue<>();
  private final List<Slot> slots = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final Runnable onClose;
  private int busy;
  private boolean closed;

  private DecodePool(int size, IntFunction<Slot> create, Runnable onClose) {
    this.onClose = onClose;
    for (int i = 0; i < size; i++) {
      Slot slot = create.apply(i);
      slots.add(slot);
      threads.add(Thread.ofPlatform().name("decode-" + i).daemon().unstarted(() -> run(slot)));
    }
    threads.forEach(Thread::start);
  }

  /// Decoders in this process, without limits on what a chunk takes.
  ///
  /// @param options whose hardware is closed with the pool
  public static DecodePool inProcess(int size, DecoderOptions options) {
    return of(
        size,
        new FfmpegDecoder(options),
        () -> options.hardware().ifPresent(HardwareDevice::close));
  }

  /// One decoder that any number of threads may use.
  static DecodePool of(int size, MediaDecoder decoder, Runnable onClose) {
    return new DecodePool(
        size, i -> new Slot(decoder, DecodePool::runHere, () -> {}, () -> {}, () -> {}), onClose);
  }

  /// Decoders in worker processes. Returns at once; the workers start in the background.
  ///
  /// @throws IOException when the worker's program cannot be found
  public static DecodePool ofWorkers(Workers workers, DecodeListener listener) throws IOException {
    long pictureBytes = Math.ceilDiv(3 * workers.maxPixels(), 4096L) * 4096;
    WorkerCommand command = WorkerCommand.of(pictureBytes, workers.loopFilter());
    ScheduledExecutorService watch =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("decode-watch").daemon().factory());
    return new DecodePool(
        workers.count(),
        i -> {
          WorkerDecoder decoder =
              new WorkerDecoder(command, pictureBytes, workers.budget(), watch, listener);
          return new Slot(decoder, decoder, decoder::start, decoder::abort, decoder::close);
        },
        watch::shutdownNow);
  }

  /// Waits until the first decoder is ready.
  ///
  /// @throws IllegalStateException when it does not start; says why
  public void awaitStarted() {
    try {
      started.get();
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new IllegalStateException(cause.getMessage(), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while the decoders start");
    }
  }

  /// Number of decoders.
  public int size() {
    return threads.size();
  }

  /// Number of decoders that decode a chunk now.
  public int busy() {
    lock.lock();
    try {
      return busy;
    } finally {
      lock.unlock();
    }
  }

  /// Number of chunks that wait for a decoder.
  public int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public MediaFacts decode(String stream, ByteBuffer media, DecodeLimits limits, FrameSink sink)
      throws UnreadableMediaException {
    return whenFree(stream, slot -> slot.decoder.decode(stream, media, limits, sink));
  }

  @Override
  public void run(
      String stream, MediaTask task, ByteBuffer media, DecodeLimits limits, TaskSink sink)
      throws UnreadableMediaException {
    var done =
        whenFree(
            stream,
            slot -> {
              slot.tasks.run(stream, task, media, limits, sink);
              return true;
            });
  }

  private static void runHere(
      String stream, MediaTask task, ByteBuffer media, DecodeLimits limits, TaskSink sink)
      throws UnreadableMediaException {
    MediaTasks.run(task, MemorySegment.ofBuffer(media), limits, sink);
  }

  private <T> T whenFree(String stream, Work<T> work) throws UnreadableMediaException {
    Job<T> job = new Job<>(stream, work, new CompletableFuture<>());
    lock.lock();
    try {
      if (closed) {
        throw new CancellationException("the decoders are closed");
      }
      waiting.add(stream, job);
      changed.signal();
    } finally {
      lock.unlock();
    }
    return await(job);
  }

  private <T> T await(Job<T> job) throws UnreadableMediaException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return job.result.get();
        } catch (InterruptedException e) {
          interrupted = true;
          if (withdraw(job)) {
            throw new CancellationException("interrupted while waiting for a decoder");
          }
        } catch (ExecutionException e) {
          throw failure(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static UnreadableMediaException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case UnreadableMediaException unreadable -> unreadable;
      case RuntimeException failure -> throw failure;
      case Error error -> throw error;
      case null, default -> throw new IllegalStateException(cause);
    };
  }

  /// @return whether the chunk still waited
  private boolean withdraw(Job<?> job) {
    lock.lock();
    try {
      return waiting.remove(job.stream, job);
    } finally {
      lock.unlock();
    }
  }

  private void run(Slot slot) {
    try {
      try {
        slot.start.run();
        started.complete(null);
      } catch (IllegalStateException e) {
        // The next chunk tries again.
        started.completeExceptionally(e);
      }
      for (Optional<Job<?>> job = next(); job.isPresent(); job = next()) {
        run(slot, job.get());
      }
    } finally {
      slot.close.run();
    }
  }

  private Optional<Job<?>> next() {
    lock.lock();
    try {
      while (!closed) {
        Optional<Job<?>> job = waiting.poll(any -> true);
        if (job.isPresent()) {
          busy++;
          return job;
        }
        changed.awaitUninterruptibly();
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private <T> void run(Slot slot, Job<T> job) {
    long since = System.nanoTime();
    try {
      job.result.complete(job.work.with(slot));
    } catch (Throwable e) { // also an Error: the caller has to know
      job.result.completeExceptionally(e);
    } finally {
      lock.lock();
      try {
        busy--;
        waiting.charge(job.stream, System.nanoTime() - since);
      } finally {
        lock.unlock();
      }
    }
  }

  /// Stops the decoders. Chunks that wait are given up, and so are those in workers; those in this
  /// process are decoded to their end.
  @Override
  public void close() {
    List<Job<?>> abandoned;
    lock.lock();
    try {
      closed = true;
      abandoned = waiting.drain();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    abandoned.forEach(job -> job.result.completeExceptionally(new CancellationException("closed")));
    slots.forEach(slot -> slot.abort().run());
    boolean interrupted = false;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    onClose.run();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
