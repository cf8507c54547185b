package io.chronoscope.live;

import io.chronoscope.decode.LiveReaders;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.MediaFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Live sources that are being read. Thread-safe.
public final class LiveSources implements AutoCloseable {

  /// A source to read.
  ///
  /// @param stream id of its stream
  public record Plan(
      String stream,
      SourceAddress address,
      Optional<Credentials> credentials,
      LiveSettings settings) {}

  /// What all sources share.
  ///
  /// @param spool directory of the spools, one in it for each stream
  /// @param maxSpoolBytes of one spool
  /// @param firstBackoff pause before a source is tried again, doubled with each attempt that fails
  /// @param maxBackoff longest of these pauses
  public record Settings(
      Path spool,
      long maxSpoolBytes,
      Duration firstBackoff,
      Duration maxBackoff,
      TimeSource timeSource) {}

  /// Where media are read.
  ///
  /// @param readers of live sources
  /// @param files of directories
  public record Media(LiveReaders readers, MediaFiles files) implements AutoCloseable {

    /// In this process.
    public static final Media IN_PROCESS = new Media(LiveReaders.IN_PROCESS, MediaFiles.IN_PROCESS);

    @Override
    public void close() {
      readers.close();
      files.close();
    }
  }

  private final List<RunningSource> running;

  private LiveSources(List<RunningSource> running) {
    this.running = running;
  }

  /// Starts to read.
  ///
  /// @param sink stays owned by the caller, who closes it after this
  /// @param in the standard input
  /// @param media stays owned by the caller, who closes it after this
  /// @param listener is called on the threads of the sources
  /// @throws IOException when a spool cannot be used; nothing is running then
  public static LiveSources start(
      List<Plan> plans,
      Settings settings,
      ChunkSink sink,
      InputStream in,
      Media media,
      InstantSource clock,
      Consumer<SourceEvent> listener)
      throws IOException {
    List<RunningSource> running = new ArrayList<>();
    boolean started = false;
    try {
      for (Plan plan : plans) {
        running.add(RunningSource.open(plan, settings, sink, in, media, clock, listener));
      }
      running.forEach(RunningSource::start);
      started = true;
      return new LiveSources(List.copyOf(running));
    } finally {
      if (!started) {
        running.forEach(RunningSource::close);
      }
    }
  }

  public List<SourceStatus> status() {
    return running.stream().map(RunningSource::status).toList();
  }

  /// Waits until all sources have ended by themselves and their chunks are in Kafka.
  ///
  /// @return whether they have
  public boolean awaitEnd(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (RunningSource one : running) {
      if (!one.awaitEnd(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
        return false;
      }
    }
    return true;
  }

  /// Stops reading, cuts what was received, and sends what can be sent within seconds; the rest
  /// stays on disk for the next start.
  @Override
  public void close() {
    running.forEach(RunningSource::stopReading);
    running.forEach(RunningSource::close);
  }
}
