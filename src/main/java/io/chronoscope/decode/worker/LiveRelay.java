package io.chronoscope.decode.worker;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.chronoscope.decode.ByteFeed;
import io.chronoscope.decode.LiveSegment;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.SourceRefusedException;
import io.chronoscope.decode.bitstream.VideoCodec.Remux;
import io.chronoscope.decode.worker.Message.Bytes;
import io.chronoscope.decode.worker.Message.Failed;
import io.chronoscope.decode.worker.Message.Finished;
import io.chronoscope.decode.worker.Message.LiveMessage.Advanced;
import io.chronoscope.decode.worker.Message.LiveMessage.Arrived;
import io.chronoscope.decode.worker.Message.LiveMessage.Cut;
import io.chronoscope.decode.worker.Message.LiveMessage.NextBytes;
import io.chronoscope.decode.worker.Message.LiveMessage.NoMoreBytes;
import io.chronoscope.decode.worker.Message.LiveMessage.SourceFailed;
import io.chronoscope.decode.worker.Message.LiveMessage.TimeMark;
import io.chronoscope.decode.worker.Message.Taken;
import io.chronoscope.decode.worker.Message.Unreadable;
import io.chronoscope.decode.worker.MessageCodec.MalformedMessageException;
import io.chronoscope.domain.PrintableText;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// In the parent, the conversation with the worker of a live source: gives it the bytes that
/// arrive, and the sink the segments that it cuts.
final class LiveRelay {

  /// Most bytes that are handed over at once.
  static final int SHARED_INPUT_BYTES = 64 << 10;

  private static final long UNKNOWN = -1;
  private static final Duration LONGEST = Duration.ofDays(1);

  private final Conversation worker;
  private final SharedMemory memory;
  private final @Nullable ByteFeed feed;
  private final LiveSettings settings;
  private final InstantSource clock;
  private final Consumer<LiveSegment> sink;
  private final byte[] buffer = new byte[SHARED_INPUT_BYTES];
  private final ByteArrayOutputStream segment = new ByteArrayOutputStream();
  private long segments;
  private long position;
  private long markedPosition = UNKNOWN;
  private @Nullable IOException feedFailure;

  /// @param feed null when the worker connects to the source itself
  LiveRelay(
      Conversation worker,
      SharedMemory memory,
      @Nullable ByteFeed feed,
      LiveSettings settings,
      InstantSource clock,
      Consumer<LiveSegment> sink) {
    this.worker = worker;
    this.memory = memory;
    this.feed = feed;
    this.settings = settings;
    this.clock = clock;
    this.sink = sink;
  }

  /// @return what the source failed with, if it did
  /// @throws WorkerLostException when the worker exceeds a limit, or says itself that it failed
  /// @throws IOException when the worker is gone, or sends what it must not
  Optional<IOException> run() throws IOException, UnreadableMediaException, WorkerLostException {
    while (true) {
      Message message = worker.receive();
      switch (message) {
        case NextBytes(int most) -> worker.answer(() -> next(most));
        case Advanced() -> worker.forgetWaiting();
        case Bytes bytes -> {
          add(bytes);
          worker.answer(Taken::new);
        }
        case Cut cut -> {
          requirePossible(cut);
          worker.forgetWaiting();
          worker.allowCpuFor(settings.segmentLength().toNanos() / 1000);
          worker.answer(() -> {
            segments++;
            sink.accept(live(cut));
            return new Taken();
          });
        }
        case Finished() -> {
          worker.end();
          return Optional.empty();
        }
        case SourceFailed(var kind, String problem) -> {
          worker.end();
          return Optional.of(failure(kind, problem));
        }
        case Unreadable(int _, var reason, String detail) -> {
          worker.end();
          throw new UnreadableMediaException(reason, detail);
        }
        case Failed(String problem) -> {
          worker.end();
          throw new WorkerLostException(LossCause.CRASH, "it failed: " + problem);
        }
        case Message other ->
            throw new MalformedMessageException(
                "a " + other.getClass().getSimpleName() + " from a live source");
      }
    }
  }

  /// How many the sink was given.
  long segments() {
    return segments;
  }

  private IOException failure(SourceFailed.Kind kind, String problem) {
    if (feedFailure != null) {
      return feedFailure;
    }
    String printable = PrintableText.of(problem);
    return switch (kind) {
      case LOST -> new IOException(printable);
      case REFUSED -> new SourceRefusedException(printable);
    };
  }

  private Message next(int most) throws IOException {
    if (feed == null || most <= 0) {
      throw new MalformedMessageException("a request for %d bytes".formatted(most));
    }
    int length;
    try {
      length = feed.read(buffer, Math.min(most, buffer.length));
    } catch (IOException e) {
      feedFailure = e;
      return new NoMoreBytes(String.valueOf(e.getMessage()));
    }
    Optional<TimeMark> mark = Optional.empty();
    if (length > 0) {
      MemorySegment shared = memory.chunk(SHARED_INPUT_BYTES, MapMode.READ_WRITE);
      MemorySegment.copy(buffer, 0, shared, JAVA_BYTE, 0, length);
      position += length;
      mark = newMark(feed, position - 1);
    }
    return new Arrived(length, StreamClock.epochMicros(clock.instant()), mark);
  }

  private Optional<TimeMark> newMark(ByteFeed from, long at) {
    return from.markAt(at)
        .filter(mark -> mark.position() != markedPosition)
        .map(mark -> {
          markedPosition = mark.position();
          return new TimeMark(mark.position(), StreamClock.epochMicros(mark.time()), mark.clock());
        });
  }

  private void add(Bytes bytes) throws MalformedMessageException, WorkerLostException {
    byte[] part = bytes.in(memory.pictures()).toArray(JAVA_BYTE);
    if (segment.size() + (long) part.length > mostBytes()) {
      throw new WorkerLostException(
          LossCause.OUTPUT, "a segment of it has more than %d bytes".formatted(mostBytes()));
    }
    segment.writeBytes(part);
  }

  /// Of a segment, with what the container adds.
  private long mostBytes() {
    return 2 * settings.maxSegmentBytes();
  }

  private void requirePossible(Cut cut) throws MalformedMessageException {
    boolean known =
        Arrays.stream(Remux.values()).anyMatch(one -> one.contentType().equals(cut.contentType()));
    boolean timed = !cut.duration().isNegative() && cut.duration().compareTo(LONGEST) < 0;
    if (!known || !timed || cut.frames() < 0 || segment.size() == 0) {
      throw new MalformedMessageException(
          "a segment of %d frames and %d bytes in %s"
              .formatted(cut.frames(), segment.size(), cut.duration()));
    }
  }

  private LiveSegment live(Cut cut) {
    ByteBuffer media = ByteBuffer.wrap(segment.toByteArray());
    segment.reset();
    return new LiveSegment(
        cut.ptsMicros(),
        cut.duration(),
        cut.contentType(),
        media,
        cut.frames(),
        cut.continues(),
        cut.arrivalOffsetMicros(),
        cut.stated());
  }
}
