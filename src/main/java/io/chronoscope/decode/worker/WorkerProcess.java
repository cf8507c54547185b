package io.chronoscope.decode.worker;

import io.chronoscope.decode.ByteFeed;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.LiveSegment;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaTask;
import io.chronoscope.decode.TaskSink;
import io.chronoscope.decode.worker.DecodeEvent.WorkerReady;
import io.chronoscope.decode.worker.Message.Decode;
import io.chronoscope.decode.worker.Message.LiveMessage;
import io.chronoscope.decode.worker.Message.Ready;
import io.chronoscope.decode.worker.Message.Run;
import io.chronoscope.decode.worker.Message.Size;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A running worker, as its parent sees it. Once it threw [WorkerLostException] it is of no use any
/// more. Used by one thread, the one that started it: on Linux the worker dies with that thread.
final class WorkerProcess implements AutoCloseable {

  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration WATCH_INTERVAL = Duration.ofMillis(250);

  /// What the largest allocation for a picture may take: four samples of 16 bits.
  private static final long BYTES_PER_PIXEL = 8;

  private static final Set<Reason> DAMAGED =
      EnumSet.of(Reason.CORRUPT, Reason.NO_FRAMES, Reason.TRUNCATED);

  private final Process process;
  private final MessageChannel channel;
  private final SharedMemory memory;
  private final ChunkBudget budget;
  private final ScheduledExecutorService watch;
  private final BudgetLimits limits;
  private final WorkerReady ready;
  private volatile boolean tookTooLong;
  private boolean idle = true;

  private WorkerProcess(
      Process process,
      MessageChannel channel,
      SharedMemory memory,
      ChunkBudget budget,
      ScheduledExecutorService watch,
      WorkerReady ready,
      BudgetLimits limits) {
    this.process = process;
    this.channel = channel;
    this.memory = memory;
    this.budget = budget;
    this.watch = watch;
    this.limits = limits;
    this.ready = ready;
  }

  /// Starts a worker and waits until it is confined and ready.
  ///
  /// @param watch runs short tasks at their time
  /// @throws IOException when it does not start; says why
  static WorkerProcess start(
      WorkerCommand command, long pictureBytes, ChunkBudget budget, ScheduledExecutorService watch)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command.words());
    // Arenas for each thread would take 64 MB of address space each.
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    builder.environment().keySet().removeIf(name -> name.startsWith("JAVA_TOOL_OPTIONS"));
    builder.environment().keySet().removeIf(name -> name.startsWith("JDK_JAVA_OPTIONS"));
    Process process = builder.start();
    ScheduledFuture<?> timeout =
        watch.schedule(process::destroyForcibly, START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    boolean started = false;
    try {
      MessageChannel channel =
          new MessageChannel(process.getInputStream(), process.getOutputStream());
      if (!(channel.receive() instanceof Ready said)) {
        throw new IOException("it does not say that it is ready");
      }
      SharedMemory memory =
          SharedMemory.open(process.pid(), Path.of(said.memoryPath()), pictureBytes);
      BudgetLimits limits = new BudgetLimits(process.pid(), budget, memory);
      WorkerProcess worker =
          new WorkerProcess(
              process,
              channel,
              memory,
              budget,
              watch,
              protections(process.pid(), said, command),
              limits);
      started = true;
      return worker;
    } catch (IOException e) {
      throw new IOException(
          "a decode worker does not start: %s; %s".formatted(e, ProcessEnding.of(process).detail()),
          e);
    } finally {
      timeout.cancel(false);
      if (!started) {
        process.destroyForcibly();
      }
    }
  }

  private static WorkerReady protections(long pid, Ready said, WorkerCommand command) {
    Set<Protection> inForce = EnumSet.noneOf(Protection.class);
    Map<Protection, String> missing = new EnumMap<>(Protection.class);
    inForce.addAll(said.inForce());
    said.missing().forEach(one -> missing.put(one.protection(), one.reason()));
    for (Protection limit : Set.of(Protection.ADDRESS_SPACE, Protection.CPU_TIME)) {
      if (ProcessLimits.isSupported()) {
        inForce.add(limit);
      } else {
        missing.put(limit, SystemCalls.ONLY_ON);
      }
    }
    command
        .namespacesMissing()
        .ifPresentOrElse(
            reason -> missing.put(Protection.NAMESPACES, reason),
            () -> inForce.add(Protection.NAMESPACES));
    return new WorkerReady(pid, command.kind(), inForce, missing);
  }

  WorkerReady ready() {
    return ready;
  }

  /// Decodes a chunk.
  ///
  /// @param media read from position to limit; not moved
  /// @throws WorkerLostException when the worker died or exceeded the budget
  MediaFacts decode(ByteBuffer media, DecodeLimits decodeLimits, FrameSink sink)
      throws UnreadableMediaException, WorkerLostException {
    return converse(worker -> {
      long bytes = share(media);
      worker.begin(limits.cpuSeconds(), 0);
      FrameRelay relay = new FrameRelay(worker, memory.pictures(), sink);
      channel.send(new Decode(decodeLimits, bytes, relay.sinkKind()));
      MediaFacts facts = relay.run();
      if (facts.damagedFrames() > 0) {
        limits.requireMemoryLeft(BYTES_PER_PIXEL * facts.widthPx() * facts.heightPx());
      }
      return facts;
    });
  }

  /// Does a task.
  ///
  /// @param media read from position to limit, not moved; empty for the file that the worker has
  ///   opened
  /// @param fileBytes of that file
  /// @throws WorkerLostException when the worker died or exceeded the budget
  void run(
      MediaTask task,
      Optional<ByteBuffer> media,
      long fileBytes,
      DecodeLimits decodeLimits,
      TaskSink sink)
      throws UnreadableMediaException, WorkerLostException {
    var unused =
        converse(worker -> {
          Optional<Size> size = Optional.empty();
          if (media.isPresent()) {
            size = Optional.of(new Size(share(media.get())));
          } else {
            limits.limitMemory();
          }
          worker.begin(
              limits.cpuSeconds(),
              TaskRelay.lengthMicros(task, size.map(Size::bytes).orElse(fileBytes)));
          channel.send(new Run(task, decodeLimits, size));
          new TaskRelay(worker, memory.pictures(), sink).run();
          return true;
        });
  }

  /// Reads a connection to a live source.
  ///
  /// @param request what to read
  /// @param feed the bytes, unless the worker connects to the source itself
  /// @return what the source failed with, if it did
  /// @throws WorkerLostException when the worker died or exceeded the budget
  Optional<IOException> read(
      LiveMessage request,
      @Nullable ByteFeed feed,
      LiveSettings settings,
      InstantSource clock,
      Consumer<LiveSegment> sink)
      throws UnreadableMediaException, WorkerLostException {
    return converse(worker -> {
      var unused = memory.chunk(LiveRelay.SHARED_INPUT_BYTES, MapMode.READ_WRITE);
      limits.limitMemory();
      worker.begin(limits.cpuSeconds(), settings.segmentLength().toNanos() / 1000);
      channel.send(request);
      LiveRelay relay = new LiveRelay(worker, memory, feed, settings, clock, sink);
      try {
        Optional<IOException> failure = relay.run();
        if (relay.segments() == 0) {
          limits.requireMemoryLeft(budget.memoryBytes() / 4);
        }
        return failure;
      } catch (WorkerLostException e) {
        limits.requireMemoryLeft(budget.memoryBytes() / 4);
        throw e;
      }
    });
  }

  /// Asks the worker of a live source to hand over what it has read, and to end. For any thread.
  void stop() {
    try {
      channel.send(new LiveMessage.Stop());
    } catch (IOException e) {
      // It is gone.
    }
  }

  private interface Talk<T> {
    T with(Conversation worker) throws IOException, UnreadableMediaException, WorkerLostException;
  }

  /// Copies media into the shared memory, beside which the worker has its budget.
  private long share(ByteBuffer media) throws IOException {
    MemorySegment bytes = MemorySegment.ofBuffer(media);
    MemorySegment shared = memory.chunk(bytes.byteSize(), MapMode.READ_WRITE);
    MemorySegment.copy(bytes, 0, shared, 0, bytes.byteSize());
    limits.limitMemory();
    return bytes.byteSize();
  }

  private <T> T converse(Talk<T> talk) throws UnreadableMediaException, WorkerLostException {
    idle = false;
    Conversation worker = new Conversation(channel, budget, limits::limitCpu);
    ScheduledFuture<?> watching =
        watch.scheduleAtFixedRate(
            () -> enforceWallTime(worker),
            WATCH_INTERVAL.toMillis(),
            WATCH_INTERVAL.toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      return talk.with(worker);
    } catch (UnreadableMediaException e) {
      if (e.rejection().reason() == Reason.OVER_BUDGET) {
        throw limits.outOfMemory();
      }
      if (DAMAGED.contains(e.rejection().reason())) {
        limits.requireMemoryLeft(budget.memoryBytes() / 4);
      }
      throw e;
    } catch (IOException e) {
      throw lost(e);
    } finally {
      watching.cancel(false);
      idle = worker.isOver();
    }
  }

  /// Whether it can take a chunk.
  boolean isIdle() {
    return idle;
  }

  private void enforceWallTime(Conversation worker) {
    if (worker.tookLongerThan(budget.wallTime())) {
      tookTooLong = true;
      process.destroyForcibly();
    }
  }

  /// @see BudgetLimits#excessBytes
  long excessBytes() {
    return limits.excessBytes();
  }

  /// Why the worker is gone, or has to be.
  private WorkerLostException lost(IOException problem) {
    if (tookTooLong) {
      return new WorkerLostException(
          LossCause.WALL_TIME,
          "it took more than %d s of wall time".formatted(budget.wallTime().toSeconds()));
    }
    boolean saidNonsense = problem instanceof MessageCodec.MalformedMessageException;
    ProcessEnding ending = ProcessEnding.of(process);
    if (saidNonsense) {
      return new WorkerLostException(
          LossCause.CRASH, "the worker sent what it must not: " + problem.getMessage());
    }
    return switch (ending.loss()) {
      case CPU_TIME ->
          new WorkerLostException(
              LossCause.CPU_TIME, "it took more than " + budget.cpuTime().words());
      case MEMORY -> limits.outOfMemory();
      case WALL_TIME, OUTPUT, CRASH ->
          new WorkerLostException(LossCause.CRASH, "the decoder crashed: " + ending.detail());
    };
  }

  /// Kills the worker. For any thread.
  void kill() {
    process.destroyForcibly();
  }

  /// Stops the worker; what it decodes is lost.
  @Override
  public void close() {
    process.destroyForcibly();
    memory.close();
  }
}
