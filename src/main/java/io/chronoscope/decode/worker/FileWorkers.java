package io.chronoscope.decode.worker;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaFile;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.MediaTask;
import io.chronoscope.decode.TaskSink;
import io.chronoscope.decode.worker.DecodeEvent.WorkerLost;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/// Media files in worker processes, one for each open file: a worker opens its file before it is
/// confined, and ends with it. A file may be much larger than a chunk, so it is not copied into
/// shared memory; what is made of it comes from there. Thread-safe.
///
/// How many files are open at once is up to the callers. The budget is that of a chunk, where its
/// wall time passes between two things that are made of the file.
public final class FileWorkers implements MediaFiles {

  /// What is made of a file is handed over in pieces of this size.
  private static final long SHARED_BYTES = 4 << 20;

  private final ChunkBudget budget;
  private final DecodeListener listener;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("file-watch").daemon().factory());
  private @Nullable WorkerCommand command;

  public FileWorkers(ChunkBudget budget, DecodeListener listener) {
    this.budget = budget;
    this.listener = listener;
  }

  private synchronized WorkerCommand command() throws IOException {
    if (command == null) {
      command = WorkerCommand.forFiles(SHARED_BYTES);
    }
    return command;
  }

  /// Starts a worker for a file.
  ///
  /// @throws IOException when the file cannot be read, or the worker does not start
  @Override
  public MediaFile open(Path file) throws IOException {
    long bytes;
    try (FileChannel channel = FileChannel.open(file)) {
      bytes = channel.size();
    }
    WorkerProcess worker =
        WorkerProcess.start(command().with(file.toAbsolutePath()), SHARED_BYTES, budget, watch);
    listener.on(worker.ready());
    return new Opened(file, bytes, worker);
  }

  private final class Opened implements MediaFile {

    private final Path file;
    private final long bytes;
    private final WorkerProcess worker;

    Opened(Path file, long bytes, WorkerProcess worker) {
      this.file = file;
      this.bytes = bytes;
      this.worker = worker;
    }

    @Override
    public void run(MediaTask task, DecodeLimits limits, TaskSink sink)
        throws UnreadableMediaException {
      try {
        worker.run(task, Optional.empty(), bytes, limits, sink);
      } catch (WorkerLostException e) {
        listener.on(
            new WorkerLost(
                worker.ready().pid(),
                String.valueOf(file.getFileName()),
                e.loss(),
                e.detail(),
                false));
        throw e.rejected();
      }
    }

    @Override
    public void close() {
      worker.close();
    }
  }

  /// Ends the watch over workers; their files are closed by those who opened them.
  @Override
  public void close() {
    watch.shutdownNow();
  }
}
