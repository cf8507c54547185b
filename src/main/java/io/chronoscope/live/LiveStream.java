package io.chronoscope.live;

import io.chronoscope.decode.LiveSegment;
import io.chronoscope.decode.SourceRefusedException;
import io.chronoscope.domain.AddressRedaction;
import io.chronoscope.domain.SourceClock;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.live.LiveSource.End;
import io.chronoscope.live.StreamTimeline.Placed;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads a source, over as many connections as it takes, into its spool.
///
/// Where video was lost, a chunk number is left out, which the analysis reports as a gap of missing
/// video; where the source's clock was set, numbers run on, and it reports a gap of the clock.
///
/// [#run] is for one thread; everything else is thread-safe.
final class LiveStream {

  private static final Logger LOG = System.getLogger(LiveStream.class.getName());

  private final String id;
  private final LiveSource source;
  private final Spool spool;
  private final StreamTimeline timeline;
  private final Backoff backoff;
  private final InstantSource clock;
  private final Pause pause;
  private final Consumer<SourceEvent> listener;

  /// Whether an earlier process read this stream, and this one has read nothing of it yet.
  private boolean resumes;

  /// What is in Kafka already, until the source is past it.
  private Optional<SourceProgress> progress;

  private @Nullable SourceConnection connection;
  private @Nullable Thread sleeping;
  private boolean stopped;
  private boolean reconnected = true;
  private volatile SourceState state = new SourceState.Connecting();
  private volatile Optional<SourceClock> usedClock = Optional.empty();
  private volatile long frames;
  private volatile long bytes;
  private volatile Optional<Instant> cutAt = Optional.empty();
  private volatile long connections;
  private volatile long gaps;
  private volatile long failed;

  LiveStream(
      String id,
      LiveSource source,
      Spool spool,
      Optional<SourceProgress> progress,
      StreamTimeline timeline,
      Backoff backoff,
      InstantSource clock,
      Pause pause,
      Consumer<SourceEvent> listener) {
    this.id = id;
    this.source = source;
    this.spool = spool;
    this.timeline = timeline;
    this.backoff = backoff;
    this.clock = clock;
    this.pause = pause;
    this.listener = listener;
    this.resumes = spool.hasHistory();
    this.progress = progress;
  }

  /// Reads until the source ends or [#stop] is called.
  void run() {
    try {
      while (!isStopped()) {
        long before = frames;
        Duration wait;
        String reason;
        try {
          End end = connect();
          if (end == End.OVER && !isStopped()) {
            state = new SourceState.Ended();
            return;
          }
          if (end == End.CONTINUES && frames > before) {
            continue;
          }
          wait = backoff.next();
          reason = "the source closed the connection";
        } catch (SourceRefusedException e) {
          wait = backoff.longest();
          reason = message(e) + source.remedy();
        } catch (IOException | UnreadableMediaException e) {
          if (source.isThereOnce() && !isStopped()) {
            listener.accept(new SourceEvent.Failed(id, message(e)));
            state = new SourceState.Ended();
            return;
          }
          wait = backoff.next();
          reason = message(e);
        } catch (RuntimeException e) {
          LOG.log(Level.DEBUG, "source " + id, e);
          wait = backoff.next();
          reason = "unexpected failure: " + AddressRedaction.of(String.valueOf(e));
        }
        if (isStopped()) {
          break;
        }
        state = new SourceState.Waiting(reason, clock.instant().plus(wait));
        listener.accept(new SourceEvent.Lost(id, reason, wait));
        sleep(wait);
      }
    } catch (InterruptedException e) {
      // Stopped while it waited.
    } finally {
      if (!(state instanceof SourceState.Ended)) {
        state = new SourceState.Stopped();
      }
    }
  }

  /// Only this wait is interrupted by [#stop]: an interrupt would break what is being written.
  private void sleep(Duration wait) throws InterruptedException {
    synchronized (this) {
      if (stopped) {
        return;
      }
      sleeping = Thread.currentThread();
    }
    try {
      pause.sleep(wait);
    } finally {
      synchronized (this) {
        sleeping = null;
        var unused = Thread.interrupted();
      }
    }
  }

  private static String message(Exception e) {
    if (e instanceof UnreadableMediaException media) {
      return media.rejection().detail();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private End connect() throws IOException, UnreadableMediaException {
    if (!(state instanceof SourceState.Live)) {
      state = new SourceState.Connecting();
    }
    try (SourceConnection opened = source.open()) {
      synchronized (this) {
        connection = opened;
        if (stopped) {
          return End.CLOSED;
        }
      }
      reconnected = true;
      opened.read(this::accept);
      return source.end();
    } finally {
      synchronized (this) {
        connection = null;
      }
    }
  }

  private void accept(LiveSegment segment) {
    Placed placed = timeline.place(segment, reconnected);
    usedClock = Optional.of(placed.clock());
    if (reconnected) {
      connections++;
      if (!(state instanceof SourceState.Live)) {
        listener.accept(new SourceEvent.Connected(id, placed.clock()));
      }
    }
    if (!(state instanceof SourceState.Live)) {
      state = new SourceState.Live(clock.instant());
    }
    reconnected = false;
    backoff.reset();
    if (progress.filter(there -> there.covers(placed.end(), placed.clock())).isPresent()) {
      return;
    }
    progress = Optional.empty();
    placed
        .missing()
        .ifPresent(missing -> {
          gaps++;
          spool.skipNumber();
          listener.accept(new SourceEvent.Gap(id, missing.from(), missing.until()));
        });
    if (resumes) {
      // What happened since the last process is not known.
      spool.skipNumber();
      resumes = false;
    }
    if (!placed.jumped().isZero()) {
      listener.accept(new SourceEvent.ClockJumped(id, placed.jumped()));
    }
    frames += segment.frames();
    bytes += segment.media().remaining();
    cutAt = Optional.of(clock.instant());
    store(segment, placed);
  }

  private void store(LiveSegment segment, Placed placed) {
    byte[] media = new byte[segment.media().remaining()];
    segment.media().duplicate().get(media);
    try {
      Spool.Appended appended =
          spool.append(
              placed.start(), segment.duration(), segment.contentType(), placed.clock(), media);
      if (appended.dropped() > 0) {
        listener.accept(new SourceEvent.Dropped(id, appended.dropped(), "the spool is full"));
      }
    } catch (IOException e) {
      failed++;
      listener.accept(
          new SourceEvent.Dropped(id, 1, "the spool cannot be written: " + e.getMessage()));
    }
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  /// Ends [#run] soon.
  synchronized void stop() {
    stopped = true;
    if (connection != null) {
      connection.cancel();
    }
    if (sleeping != null) {
      sleeping.interrupt();
    }
  }

  SourceState state() {
    return state;
  }

  SourceStatus status(String address, long sent, Optional<Instant> sentUntil, Instant start) {
    return new SourceStatus(
        id,
        address,
        state,
        frames,
        bytes,
        cutAt,
        sent,
        spool.dropped() + failed,
        Math.max(0, connections - 1),
        gaps,
        spool.chunks(),
        spool.sizeBytes(),
        usedClock,
        sentUntil,
        start);
  }
}
