package io.chronoscope.live;

import io.chronoscope.decode.LiveReaders;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.live.LiveSources.Plan;
import io.chronoscope.live.LiveSources.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// A source with its two threads: one reads into the spool, one sends from it. Thread-safe.
final class RunningSource implements AutoCloseable {

  private static final Duration READER_PATIENCE = Duration.ofSeconds(3);
  private static final Duration SENDER_PATIENCE = Duration.ofSeconds(5);

  private final Plan plan;
  private final LiveSource source;
  private final Spool spool;
  private final LiveStream stream;
  private final SpoolSender sender;
  private final ChunkSink sink;
  private final Consumer<SourceEvent> listener;
  private final Instant start;
  private final Thread reading;
  private final Thread sending;
  private final CountDownLatch ended = new CountDownLatch(1);

  private RunningSource(
      Plan plan,
      LiveSource source,
      Spool spool,
      Optional<SourceProgress> progress,
      Settings settings,
      ChunkSink sink,
      InstantSource clock,
      Consumer<SourceEvent> listener) {
    RandomGenerator random = RandomGenerator.getDefault();
    this.plan = plan;
    this.source = source;
    this.spool = spool;
    this.sink = sink;
    this.listener = listener;
    this.start = clock.instant();
    this.stream =
        new LiveStream(
            plan.stream(),
            source,
            spool,
            progress,
            new StreamTimeline(settings.timeSource()),
            new Backoff(settings.firstBackoff(), settings.maxBackoff(), random),
            clock,
            Pause.SLEEP,
            listener);
    this.sender =
        new SpoolSender(
            plan.stream(),
            spool,
            sink,
            new Backoff(settings.firstBackoff(), settings.maxBackoff(), random),
            Pause.SLEEP,
            listener);
    this.reading =
        Thread.ofPlatform().daemon().name("source " + plan.stream()).unstarted(this::read);
    this.sending =
        Thread.ofPlatform().daemon().name("spool " + plan.stream()).unstarted(this::send);
  }

  /// @throws IOException when the spool cannot be used, or the sink does not say how far it is
  static RunningSource open(
      Plan plan,
      Settings settings,
      ChunkSink sink,
      InputStream in,
      LiveSources.Media media,
      InstantSource clock,
      Consumer<SourceEvent> listener)
      throws IOException {
    Optional<SourceProgress> progress = sink.progress(plan.stream());
    Spool spool = Spool.open(settings.spool(), plan.stream(), settings.maxSpoolBytes());
    boolean opened = false;
    try {
      if (progress.isPresent()) {
        int stale = spool.continueAt(progress.get().next());
        if (stale > 0) {
          listener.accept(
              new SourceEvent.Dropped(
                  plan.stream(), stale, "another instance has read the source since"));
        }
      }
      LiveSource source = source(plan, spool, in, media, clock, listener);
      opened = true;
      return new RunningSource(plan, source, spool, progress, settings, sink, clock, listener);
    } finally {
      if (!opened) {
        spool.close();
      }
    }
  }

  private static LiveSource source(
      Plan plan,
      Spool spool,
      InputStream in,
      LiveSources.Media media,
      InstantSource clock,
      Consumer<SourceEvent> listener)
      throws IOException {
    String stream = plan.stream();
    LiveSettings reading = plan.settings();
    LiveReaders readers = media.readers();
    return switch (plan.address()) {
      case SourceAddress.Rtsp(var uri) ->
          LiveSource.rtsp(stream, uri, plan.credentials(), reading, readers, clock);
      case SourceAddress.Hls(var uri) ->
          LiveSource.hls(stream, uri, plan.credentials(), reading, readers, clock);
      case SourceAddress.Udp udp -> LiveSource.udp(stream, udp, reading, readers, clock);
      case SourceAddress.StandardInput _ -> LiveSource.input(stream, in, reading, readers, clock);
      case SourceAddress.Folder(var path) ->
          new FolderSource(path, spool, reading, media.files(), clock, listener);
    };
  }

  void start() {
    reading.start();
    sending.start();
  }

  private void read() {
    try {
      stream.run();
    } finally {
      source.close();
      if (stream.state() instanceof SourceState.Ended) {
        sender.finish();
      }
    }
  }

  private void send() {
    boolean empty = sender.run();
    if (empty && stream.state() instanceof SourceState.Ended) {
      if (sender.sent() == 0) {
        ended.countDown(); // without a chunk there is no stream to end
        return;
      }
      try {
        sink.end(plan.stream());
        listener.accept(new SourceEvent.Ended(plan.stream()));
      } catch (IOException e) {
        listener.accept(new SourceEvent.Held(plan.stream(), String.valueOf(e.getMessage())));
      } catch (InterruptedException e) {
        return;
      }
      ended.countDown();
    }
  }

  SourceStatus status() {
    return stream.status(plan.address().toString(), sender.sent(), sender.sentUntil(), start);
  }

  boolean awaitEnd(Duration patience) throws InterruptedException {
    return ended.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  void stopReading() {
    stream.stop();
  }

  @Override
  public void close() {
    stream.stop();
    try {
      if (reading.isAlive()) {
        reading.join(READER_PATIENCE);
      }
      sender.finish();
      if (sending.isAlive()) {
        sending.join(sender.isHeld() ? Duration.ofMillis(1) : SENDER_PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sending.interrupt();
    source.close();
    try {
      spool.close();
    } catch (IOException e) {
      // The lock goes with the process.
    }
  }
}
