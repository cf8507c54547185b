package io.chronoscope.decode.worker;

import io.chronoscope.decode.FfmpegLiveReader;
import io.chronoscope.decode.LiveReader;
import io.chronoscope.decode.LiveSegment;
import io.chronoscope.decode.SourceRefusedException;
import io.chronoscope.decode.worker.Message.Abort;
import io.chronoscope.decode.worker.Message.Failed;
import io.chronoscope.decode.worker.Message.Finished;
import io.chronoscope.decode.worker.Message.LiveMessage.Advanced;
import io.chronoscope.decode.worker.Message.LiveMessage.Cut;
import io.chronoscope.decode.worker.Message.LiveMessage.ReadBytes;
import io.chronoscope.decode.worker.Message.LiveMessage.ReadServer;
import io.chronoscope.decode.worker.Message.LiveMessage.SourceFailed;
import io.chronoscope.decode.worker.Message.Taken;
import io.chronoscope.decode.worker.Message.Unreadable;
import io.chronoscope.decode.worker.RemoteFrames.AbortedException;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.InstantSource;

/// The program of the worker process of a live source: reads one connection to it after the other
/// and cuts its video into segments for the parent. What arrives elsewhere comes from the parent as
/// bytes; an RTSP server is connected to from here, which such a process does only once.
public final class LiveWorker {

  /// How often the parent learns that the video advances.
  private static final Duration REPORT_INTERVAL = Duration.ofMillis(500);

  private final LiveInbox parent;
  private final SharedMemory memory;
  private final RemoteTaskSink bytes;
  private long reportedNanos;

  private LiveWorker(LiveInbox parent, SharedMemory memory) {
    this.parent = parent;
    this.memory = memory;
    this.bytes = new RemoteTaskSink(parent::ask, memory.pictures());
  }

  /// @param arguments the bytes of the shared area for what is cut, and the [Network]
  public static void main(String[] arguments) throws IOException {
    WorkerStart start = WorkerStart.of(arguments[0]);
    Network network = Network.valueOf(arguments[1]);
    WarmUp.cutLive();
    if (network == Network.CONNECT) {
      ServerAddress.warmUp();
    }
    start.confine(network);
    LiveInbox parent = new LiveInbox(start.channel());
    parent.start();
    LiveWorker worker = new LiveWorker(parent, start.memory());
    while (true) {
      parent.send(worker.read(parent.next()));
    }
  }

  private Message read(Message request) throws IOException {
    try (LiveReader reader = reader(request)) {
      parent.stopsWith(reader);
      reader.read(this::send);
      return new Finished();
    } catch (UnreadableMediaException e) {
      return new Unreadable(0, e.rejection().reason(), e.rejection().detail());
    } catch (SourceRefusedException e) {
      return new SourceFailed(SourceFailed.Kind.REFUSED, String.valueOf(e.getMessage()));
    } catch (EOFException e) {
      throw e;
    } catch (IOException e) {
      return new SourceFailed(SourceFailed.Kind.LOST, String.valueOf(e.getMessage()));
    } catch (UncheckedIOException e) {
      throw new IOException("the parent is gone", e);
    } catch (AbortedException e) {
      return new Finished();
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      return new Failed(e.toString());
    } finally {
      parent.stopsWithNothing();
    }
  }

  private LiveReader reader(Message request) throws IOException {
    return switch (request) {
      case ReadServer server ->
          FfmpegLiveReader.rtsp(
              ServerAddress.reachable(server.url(), server.address()),
              server.settings(),
              InstantSource.system(),
              new Reports(true));
      case ReadBytes(var settings) -> {
        RemoteFeed feed = new RemoteFeed(parent, memory);
        yield FfmpegLiveReader.of(feed, settings, feed.arrivals(), new Reports(false));
      }
      case Message _ -> throw new IOException("the parent sent what it must not");
    };
  }

  private void send(LiveSegment segment) {
    bytes.bytes(MemorySegment.ofBuffer(segment.media()));
    Cut cut =
        new Cut(
            segment.ptsMicros(),
            segment.duration(),
            segment.contentType(),
            segment.frames(),
            segment.continues(),
            segment.arrivalOffsetMicros(),
            segment.stated());
    try {
      switch (parent.ask(cut)) {
        case Taken() -> {}
        case Abort() -> throw new AbortedException();
        case Message other -> throw new IllegalStateException("no answer to a segment: " + other);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Reports implements FfmpegLiveReader.Progress {

    private final boolean connects;

    Reports(boolean connects) {
      this.connects = connects;
    }

    @Override
    public void connected() throws IOException {
      if (connects) {
        Confinement.forbidConnecting();
      }
      parent.send(new Advanced());
    }

    @Override
    public void advanced() {
      long now = System.nanoTime();
      if (now - reportedNanos > REPORT_INTERVAL.toNanos()) {
        reportedNanos = now;
        try {
          parent.send(new Advanced());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
