package io.chronoscope.decode.worker;

import io.chronoscope.decode.ByteFeed;
import io.chronoscope.decode.LiveReader;
import io.chronoscope.decode.LiveReaders;
import io.chronoscope.decode.LiveSegment;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.worker.DecodeEvent.WorkerLost;
import io.chronoscope.decode.worker.DecodeEvent.WorkerNotStarted;
import io.chronoscope.decode.worker.Message.LiveMessage;
import io.chronoscope.decode.worker.Message.LiveMessage.ReadBytes;
import io.chronoscope.decode.worker.Message.LiveMessage.ReadServer;
import io.chronoscope.domain.AddressRedaction;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Live sources in worker processes, one for each source, so that what one of them sends harms no
/// other. A connection that continues one that ended well gets its worker, any other a new one. The
/// loss of a worker is the loss of that connection. Thread-safe.
///
/// The budget is that of a chunk, where its CPU time is for one segment after the other, and its
/// wall time passes while the worker neither waits for bytes nor makes anything of them; at most a
/// little longer than the source may be silent.
public final class LiveWorkers implements LiveReaders {

  /// Segments are handed over in pieces of this size.
  private static final long SHARED_BYTES = 1 << 20;

  /// The worker itself notices a silent source and says so.
  private static final Duration GRACE = Duration.ofSeconds(10);

  /// How long a worker may take to hand over what it has read when it is to stop.
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  /// How long a worker waits for the next connection to its source.
  private static final Duration KEPT = Duration.ofSeconds(5);

  private final ChunkBudget budget;
  private final DecodeListener listener;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("source-watch").daemon().factory());
  private final ConcurrentMap<String, Kept> kept = new ConcurrentHashMap<>();
  private final Map<Network, WorkerCommand> commands = new EnumMap<>(Network.class);

  public LiveWorkers(ChunkBudget budget, DecodeListener listener) {
    this.budget = budget;
    this.listener = listener;
  }

  private WorkerCommand command(Network network) throws IOException {
    synchronized (commands) {
      WorkerCommand command = commands.get(network);
      if (command == null) {
        command = WorkerCommand.forSource(SHARED_BYTES, network);
        commands.put(network, command);
      }
      return command;
    }
  }

  @Override
  public LiveReader rtsp(String stream, String url, LiveSettings settings, InstantSource clock) {
    return new Remote(
        stream,
        Network.CONNECT,
        () -> new ReadServer(url, ServerAddress.resolve(url), settings),
        null,
        settings,
        clock);
  }

  @Override
  public LiveReader of(String stream, ByteFeed feed, LiveSettings settings, InstantSource clock) {
    return new Remote(stream, Network.NONE, () -> new ReadBytes(settings), feed, settings, clock);
  }

  private ChunkBudget budget(LiveSettings settings) {
    Duration silence = settings.readTimeout().plus(GRACE);
    return new ChunkBudget(
        budget.memoryBytes(),
        budget.cpuTime(),
        silence.compareTo(budget.wallTime()) < 0 ? silence : budget.wallTime(),
        budget.outputBytes());
  }

  /// A worker whose connection has ended well.
  ///
  /// @param owner the thread that started it, with which it dies
  private record Kept(WorkerProcess process, Thread owner) {}

  private void keep(String stream, WorkerProcess process) {
    Kept last = new Kept(process, Thread.currentThread());
    Kept before = kept.put(stream, last);
    if (before != null) {
      before.process().close();
    }
    var unused =
        watch.schedule(
            () -> {
              if (kept.remove(stream, last)) {
                last.process().close();
              }
            },
            KEPT.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private interface Request {
    LiveMessage make() throws IOException;
  }

  /// A connection. Its worker starts when it is read, on the thread that reads it.
  private final class Remote implements LiveReader {

    private final String stream;
    private final Network network;
    private final Request request;
    private final @Nullable ByteFeed feed;
    private final LiveSettings settings;
    private final InstantSource clock;
    private @Nullable WorkerProcess worker;
    private boolean canceled;

    Remote(
        String stream,
        Network network,
        Request request,
        @Nullable ByteFeed feed,
        LiveSettings settings,
        InstantSource clock) {
      this.stream = stream;
      this.network = network;
      this.request = request;
      this.feed = feed;
      this.settings = settings;
      this.clock = clock;
    }

    @Override
    public void read(Consumer<LiveSegment> sink) throws IOException, UnreadableMediaException {
      LiveMessage first = request.make();
      WorkerProcess process = workerOfLastConnection();
      if (process == null) {
        process = start();
      }
      boolean over = false;
      try {
        if (uses(process)) {
          Optional<IOException> failure = process.read(first, feed, settings, clock, sink);
          if (failure.isPresent() && !isCanceled()) {
            throw failure.get();
          }
          over = failure.isEmpty();
        }
      } catch (WorkerLostException e) {
        if (!isCanceled()) {
          throw lost(e);
        }
      } finally {
        forgetWorker();
        if (over && !isCanceled() && network == Network.NONE && process.excessBytes() == 0) {
          keep(stream, process);
        } else {
          process.close();
        }
      }
    }

    /// A playlist with many discontinuities is a connection for each part.
    private @Nullable WorkerProcess workerOfLastConnection() {
      Kept last = kept.remove(stream);
      if (last == null) {
        return null;
      }
      boolean usable = network == Network.NONE && last.owner() == Thread.currentThread();
      if (!usable) {
        last.process().close();
      }
      return usable ? last.process() : null;
    }

    private WorkerProcess start() throws IOException {
      try {
        WorkerProcess started =
            WorkerProcess.start(command(network), SHARED_BYTES, budget(settings), watch);
        listener.on(started.ready());
        return started;
      } catch (IOException e) {
        listener.on(new WorkerNotStarted(String.valueOf(e.getMessage())));
        throw e;
      }
    }

    /// @return false when it is of no use any more
    private synchronized boolean uses(WorkerProcess started) {
      worker = started;
      return !canceled;
    }

    private synchronized void forgetWorker() {
      worker = null;
    }

    private synchronized boolean isCanceled() {
      return canceled;
    }

    private IOException lost(WorkerLostException loss) {
      String detail = AddressRedaction.of(loss.detail());
      long pid = worker == null ? 0 : worker.ready().pid();
      listener.on(new WorkerLost(pid, stream, loss.loss(), detail, true));
      return new IOException("the process that reads the source was lost: " + detail, loss);
    }

    @Override
    public void cancel() {
      WorkerProcess current;
      synchronized (this) {
        canceled = true;
        current = worker;
      }
      if (feed != null) {
        feed.close();
      }
      if (current != null) {
        current.stop();
        var unused = watch.schedule(current::kill, STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void close() {
      if (feed != null) {
        feed.close();
      }
    }
  }

  /// Ends the watch over workers; their connections are closed by those who opened them.
  @Override
  public void close() {
    watch.shutdownNow();
    kept.values().forEach(last -> last.process().close());
    kept.clear();
  }
}
