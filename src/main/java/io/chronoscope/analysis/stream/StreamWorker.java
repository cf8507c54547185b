package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.InputCompleted;
import io.chronoscope.analysis.AnalysisEvent.InputStarted;
import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisEvent.StreamRevoked;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.stream.StreamLifecycle.Resumed;
import io.chronoscope.domain.StreamInput;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The queue of one stream and the virtual thread that processes it. Nothing that occupies a core
/// for long runs on it: decoding and the model have threads of their own. After the stream has
/// ended or become idle, the same worker may run its next life cycle.
///
/// Thread-safe, except for the [StreamLifecycle], which only the worker's own thread uses.
final class StreamWorker {

  /// After how many idle timeouts in a row missing records are no longer waited for in a replay.
  private static final int REPLAY_PATIENCE = 10;

  private final String stream;
  private final AnalysisSettings settings;
  private final StreamTools tools;
  private final Consumer<StreamInput> onProcessed;
  private final BiPredicate<StreamWorker, Optional<Resumed>> retire;
  private final BlockingQueue<StreamInput> queue = new LinkedBlockingQueue<>();
  private final StreamLag lag;
  private final Object commitLock = new Object();
  private final Thread thread;
  private volatile boolean revoked;
  private volatile @Nullable Throwable failure;
  private Optional<Resumed> resumed;

  /// @param onProcessed receives each input that no longer occupies memory
  /// @param retire asked whether the worker may stop, because the stream has ended, or is idle and
  ///   resumes from the given state; false when more was queued meanwhile
  StreamWorker(
      String stream,
      AnalysisSettings settings,
      StreamTools tools,
      Optional<Resumed> resumed,
      Consumer<StreamInput> onProcessed,
      BiPredicate<StreamWorker, Optional<Resumed>> retire) {
    this.stream = stream;
    this.settings = settings;
    this.tools = tools;
    this.resumed = resumed;
    this.onProcessed = onProcessed;
    this.retire = retire;
    this.lag = new StreamLag(stream, tools.load(), tools.clock());
    this.thread = Thread.ofVirtual().name("stream " + stream).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  String stream() {
    return stream;
  }

  boolean isQueueEmpty() {
    return queue.isEmpty();
  }

  @Nullable Throwable failure() {
    return failure;
  }

  void enqueue(StreamInput input) {
    queue.add(input);
    // While the worker is busy, nothing else reports how long the first record has waited.
    StreamInput first = queue.peek();
    if (first != null && !revoked) {
      lag.report(first);
    }
  }

  /// Stops the worker where it is. Once this returns it starts no more commits: another process, or
  /// a later worker, may commit for the stream from then on.
  void revoke() {
    // Marked first, so that the worker stops after a commit that it is passing on now.
    revoked = true;
    synchronized (commitLock) {
      thread.interrupt();
    }
  }

  private void run() {
    try {
      do {
        runLifecycle();
      } while (!retire.test(this, resumed));
    } catch (InterruptedException | CancellationException e) {
      // Revoked: the stream resumes elsewhere.
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      if (!revoked) {
        failure = e;
        tools.listener().on(new StreamFailed(stream, e));
      }
    } finally {
      // Last, so that nothing this thread reported after it was revoked remains.
      lag.forget();
      if (revoked) {
        tools.listener().on(new StreamRevoked(stream));
      }
      for (StreamInput input = queue.poll(); input != null; input = queue.poll()) {
        onProcessed.accept(input);
      }
    }
  }

  /// Runs until the stream has ended or is idle.
  private void runLifecycle() throws InterruptedException {
    Optional<Resumed> from = resumed;
    resumed = Optional.empty();
    try (StreamLifecycle lifecycle =
        new StreamLifecycle(stream, settings, tools, from, this::commit)) {
      lifecycle.start();
      int timeouts = 0;
      while (!lifecycle.hasEnded()) {
        StreamInput input = queue.poll(settings.idleTimeout().toMillis(), TimeUnit.MILLISECONDS);
        if (input == null) {
          timeouts++;
          if (timeouts >= REPLAY_PATIENCE) {
            lifecycle.abandonReplay();
          }
          resumed = lifecycle.idle();
          if (resumed.isPresent()) {
            return;
          }
        } else {
          timeouts = 0;
          process(lifecycle, input);
        }
      }
    }
  }

  private void process(StreamLifecycle lifecycle, StreamInput input) {
    tools.listener().on(new InputStarted(stream, input.origin()));
    lag.report(input);
    try {
      lifecycle.accept(input);
    } finally {
      onProcessed.accept(input);
      tools.listener().on(new InputCompleted(stream));
    }
    if (queue.isEmpty()) {
      lag.reportNone();
    }
  }

  private void commit(StreamCommit commit) {
    CompletionStage<Void> written;
    synchronized (commitLock) {
      if (revoked) {
        throw new CancellationException("stream " + stream + " was revoked");
      }
      written = tools.sink().commit(commit);
    }
    try {
      written.toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while committing stream " + stream);
    } catch (ExecutionException e) {
      throw new IllegalStateException("stream " + stream + " cannot commit", e.getCause());
    }
  }
}
