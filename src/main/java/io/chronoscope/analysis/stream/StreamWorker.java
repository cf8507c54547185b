package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.InputCompleted;
import io.chronoscope.analysis.AnalysisEvent.InputStarted;
import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisEvent.StreamRevoked;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.window.AnalysisTools;
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

/// One stream's queue and the thread that works it off. The stream may end and begin again in the
/// same lane; one that falls silent rests, and goes on when something comes.
final class StreamWorker {

  /// So many idle times pass before records that should be read again are no longer waited for.
  private static final int PATIENCE = 10;

  private final String stream;
  private final AnalysisSettings settings;
  private final AnalysisTools tools;
  private final Consumer<StreamInput> onDone;
  private final BiPredicate<StreamWorker, Optional<StreamLifecycle.Resumed>> leave;
  private final BlockingQueue<StreamInput> queue = new LinkedBlockingQueue<>();
  private final StreamLag lag;
  private final Object handingOver = new Object();
  private final Thread thread;
  private volatile boolean forgotten;
  private volatile @Nullable Throwable failure;
  private Optional<StreamLifecycle.Resumed> resumed;

  /// @param onDone told of each input that no longer takes memory
  /// @param leave asked when the stream is over, or rests in a state, whether the lane may go; if
  ///   not, more has come
  StreamWorker(
      String stream,
      AnalysisSettings settings,
      AnalysisTools tools,
      Optional<StreamLifecycle.Resumed> resumed,
      Consumer<StreamInput> onDone,
      BiPredicate<StreamWorker, Optional<StreamLifecycle.Resumed>> leave) {
    this.stream = stream;
    this.settings = settings;
    this.tools = tools;
    this.resumed = resumed;
    this.onDone = onDone;
    this.leave = leave;
    this.lag = new StreamLag(stream, tools.load(), tools.clock());
    this.thread = Thread.ofPlatform().name("stream " + stream).daemon().unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  String stream() {
    return stream;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  @Nullable Throwable failure() {
    return failure;
  }

  void add(StreamInput input) {
    queue.add(input);
    // While the lane is busy nobody else says how long its first record has waited.
    tellLag();
  }

  private void tellLag() {
    StreamInput waits = queue.peek();
    if (waits != null && !forgotten) {
      lag.at(waits);
    }
  }

  /// After this returns no further step is handed over: somebody else, or a later lane, may write
  /// for the stream from then on.
  void forget() {
    synchronized (handingOver) {
      forgotten = true;
    }
    thread.interrupt();
  }

  private void work() {
    try {
      do {
        followToItsEnd();
      } while (!leave.test(this, resumed));
    } catch (InterruptedException | CancellationException e) {
      // Forgotten: the stream goes on elsewhere.
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      if (!forgotten) {
        failure = e;
        tools.listener().on(new StreamFailed(stream, e));
      }
    } finally {
      // The last word of this thread, whatever it told after somebody else forgot the stream.
      lag.forget();
      if (forgotten) {
        tools.listener().on(new StreamRevoked(stream));
      }
      StreamInput left;
      while ((left = queue.poll()) != null) {
        onDone.accept(left);
      }
    }
  }

  /// Until the stream ends, or rests.
  private void followToItsEnd() throws InterruptedException {
    Optional<StreamLifecycle.Resumed> from = resumed;
    resumed = Optional.empty();
    try (StreamLifecycle analyzer =
        new StreamLifecycle(stream, settings, tools, from, this::commit)) {
      analyzer.begin();
      int silent = 0;
      while (!analyzer.isOver()) {
        StreamInput input = queue.poll(settings.idleTimeout().toMillis(), TimeUnit.MILLISECONDS);
        if (input == null) {
          silent++;
          resumed = analyzer.rest(silent >= PATIENCE);
          if (resumed.isPresent()) {
            return;
          }
        } else {
          silent = 0;
          tools.listener().on(new InputStarted(stream, input.origin()));
          lag.at(input);
          try {
            analyzer.accept(input);
          } finally {
            onDone.accept(input);
            tools.listener().on(new InputCompleted(stream));
          }
          if (queue.isEmpty()) {
            lag.none();
          }
        }
      }
    }
  }

  private void commit(StreamCommit step) {
    CompletionStage<Void> written;
    synchronized (handingOver) {
      if (forgotten) {
        throw new CancellationException(stream + " is no longer followed here");
      }
      written = tools.sink().commit(step);
    }
    try {
      written.toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while committing a step of " + stream);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "a step of " + stream + " could not be written", e.getCause());
    }
  }
}
