package io.chronoscope.decode.worker;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaTask;
import io.chronoscope.decode.MediaTaskRunner;
import io.chronoscope.decode.TaskOutput;
import io.chronoscope.decode.TaskSink;
import io.chronoscope.decode.worker.DecodeEvent.WorkerLost;
import io.chronoscope.decode.worker.DecodeEvent.WorkerNotStarted;
import io.chronoscope.decode.worker.DecodeEvent.WorkerRecycled;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Decodes in a worker process, or does other tasks there, and keeps one running. A chunk that
/// takes the worker with it is tried once more in a new one; then it is rejected. Used by one
/// thread.
final class WorkerDecoder implements MediaDecoder, MediaTaskRunner, AutoCloseable {

  private static final int START_ATTEMPTS = 5;
  private static final Duration START_PAUSE = Duration.ofMillis(500);

  private final WorkerCommand command;
  private final long pictureBytes;
  private final ChunkBudget budget;
  private final ScheduledExecutorService watch;
  private final DecodeListener listener;
  private volatile @Nullable WorkerProcess worker;
  private volatile boolean aborted;
  private long currentPid;

  WorkerDecoder(
      WorkerCommand command,
      long pictureBytes,
      ChunkBudget budget,
      ScheduledExecutorService watch,
      DecodeListener listener) {
    this.command = command;
    this.pictureBytes = pictureBytes;
    this.budget = budget;
    this.watch = watch;
    this.listener = listener;
  }

  /// Starts the worker, unless it is running.
  ///
  /// @throws IllegalStateException when it does not start
  WorkerProcess start() {
    WorkerProcess running = worker;
    for (int attempt = 1; running == null; attempt++) {
      if (aborted) {
        throw new CancellationException("the decoders are closed");
      }
      try {
        running = WorkerProcess.start(command, pictureBytes, budget, watch);
        worker = running;
        listener.on(running.ready());
      } catch (IOException e) {
        listener.on(new WorkerNotStarted(String.valueOf(e.getMessage())));
        if (attempt == START_ATTEMPTS) {
          throw new IllegalStateException(e.getMessage(), e);
        }
        pause(e);
      }
    }
    return running;
  }

  private static void pause(IOException problem) {
    try {
      Thread.sleep(START_PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(problem.getMessage(), problem);
    }
  }

  @Override
  public MediaFacts decode(String stream, ByteBuffer media, DecodeLimits limits, FrameSink sink)
      throws UnreadableMediaException {
    if (3 * limits.maxPixels() > pictureBytes) {
      throw new IllegalArgumentException(
          "pictures of %d pixels, the workers' memory has room for %d"
              .formatted(limits.maxPixels(), pictureBytes / 3));
    }
    FrameSink repeatable =
        sink instanceof SelectiveSink || sink == FrameSink.NONE ? sink : new UnusedSink(sink);
    return twice(
        stream, process -> process.decode(media, limits, repeatable), () -> restart(repeatable));
  }

  @Override
  public void run(
      String stream, MediaTask task, ByteBuffer media, DecodeLimits limits, TaskSink sink)
      throws UnreadableMediaException {
    UnusedTaskSink unused = new UnusedTaskSink(sink);
    var done =
        twice(
            stream,
            process -> {
              process.run(task, Optional.of(media), 0, limits, unused);
              return true;
            },
            () -> !unused.used);
  }

  private interface Use<T> {
    T of(WorkerProcess process) throws UnreadableMediaException, WorkerLostException;
  }

  /// @param canRepeat whether a second attempt can be made
  private <T> T twice(String stream, Use<T> use, BooleanSupplier canRepeat)
      throws UnreadableMediaException {
    try {
      return attempt(use);
    } catch (WorkerLostException first) {
      boolean retried = canRepeat.getAsBoolean();
      listener.on(new WorkerLost(currentPid, stream, first.loss(), first.detail(), retried));
      if (!retried) {
        throw rejected(first, "decoding cannot be tried again");
      }
    }
    try {
      return attempt(use);
    } catch (WorkerLostException second) {
      listener.on(new WorkerLost(currentPid, stream, second.loss(), second.detail(), false));
      throw rejected(second, "decoding was tried twice");
    }
  }

  /// @return whether the sink can take the frames once more
  private static boolean restart(FrameSink sink) {
    return switch (sink) {
      case SelectiveSink selective -> {
        selective.restart();
        yield true;
      }
      case UnusedSink plain -> !plain.used;
      default -> true;
    };
  }

  /// A sink that cannot start again once it was used.
  private static final class UnusedSink implements FrameSink {
    private final FrameSink sink;
    private boolean used;

    UnusedSink(FrameSink sink) {
      this.sink = sink;
    }

    @Override
    public boolean wants(long fromMicros, long untilMicros) {
      used = true;
      return sink.wants(fromMicros, untilMicros);
    }

    @Override
    public void frame(long fromMicros, long untilMicros, Picture picture) {
      used = true;
      sink.frame(fromMicros, untilMicros, picture);
    }
  }

  /// A sink that cannot start again once it was used.
  private static final class UnusedTaskSink implements TaskSink {
    private final TaskSink sink;
    private boolean used;

    UnusedTaskSink(TaskSink sink) {
      this.sink = sink;
    }

    @Override
    public void bytes(MemorySegment bytes) {
      used = true;
      sink.bytes(bytes);
    }

    @Override
    public void made(TaskOutput output) {
      used = true;
      sink.made(output);
    }
  }

  private <T> T attempt(Use<T> use) throws UnreadableMediaException, WorkerLostException {
    WorkerProcess current = start();
    currentPid = current.ready().pid();
    boolean lost = true;
    try {
      T result = use.of(current);
      lost = false;
      return result;
    } catch (UnreadableMediaException | RuntimeException e) {
      lost = !current.isIdle();
      throw e;
    } finally {
      if (lost) {
        stop();
      } else {
        recycleIfGrown(current);
      }
    }
  }

  private void recycleIfGrown(WorkerProcess current) {
    long excess = current.excessBytes();
    if (excess > 0) {
      listener.on(new WorkerRecycled(current.ready().pid(), excess));
      stop();
    }
  }

  private static UnreadableMediaException rejected(WorkerLostException loss, String tried) {
    return new WorkerLostException(loss.loss(), tried + ": " + loss.detail()).rejected();
  }

  private void stop() {
    WorkerProcess current = worker;
    worker = null;
    if (current != null) {
      current.close();
    }
  }

  /// Kills the worker, so that its chunk ends at once, and starts no other. For any thread.
  void abort() {
    aborted = true;
    WorkerProcess current = worker;
    if (current != null) {
      current.kill();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
