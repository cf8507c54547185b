package io.chronoscope.decode.worker;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.chronoscope.decode.ByteFeed;
import io.chronoscope.decode.worker.Message.LiveMessage;
import io.chronoscope.decode.worker.Message.LiveMessage.Arrived;
import io.chronoscope.decode.worker.Message.LiveMessage.NextBytes;
import io.chronoscope.decode.worker.Message.LiveMessage.NoMoreBytes;
import io.chronoscope.domain.StreamClock;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// In the worker of a live source, the bytes that arrive in the parent. For one thread.
final class RemoteFeed implements ByteFeed {

  /// Positions before the last one that packets may still have.
  private static final int MAX_MARKS = 256;

  private final LiveInbox parent;
  private final SharedMemory memory;
  private final TreeMap<Long, Mark> marks = new TreeMap<>();
  private Instant arrived = Instant.EPOCH;

  RemoteFeed(LiveInbox parent, SharedMemory memory) {
    this.parent = parent;
    this.memory = memory;
  }

  /// When the bytes arrived that were read last.
  InstantSource arrivals() {
    return () -> arrived;
  }

  @Override
  public int read(byte[] target, int length) throws IOException {
    int most = Math.min(length, target.length);
    return switch (parent.ask(new NextBytes(most))) {
      case Arrived bytes -> {
        arrived = StreamClock.ofEpochMicros(bytes.arrivedMicros());
        bytes.mark().ifPresent(this::add);
        if (bytes.length() > most) {
          throw new IllegalStateException("%d bytes instead of %d".formatted(bytes.length(), most));
        }
        if (bytes.length() > 0) {
          MemorySegment shared = memory.chunk(LiveRelay.SHARED_INPUT_BYTES, MapMode.READ_ONLY);
          MemorySegment.copy(shared, JAVA_BYTE, 0, target, 0, bytes.length());
        }
        yield bytes.length();
      }
      case NoMoreBytes(String problem) -> throw new IOException(problem);
      case Message other -> throw new IllegalStateException("no answer to a read: " + other);
    };
  }

  private void add(LiveMessage.TimeMark mark) {
    marks.put(
        mark.position(),
        new Mark(mark.position(), StreamClock.ofEpochMicros(mark.micros()), mark.clock()));
    if (marks.size() > MAX_MARKS) {
      marks.pollFirstEntry();
    }
  }

  @Override
  public Optional<Mark> markAt(long position) {
    return Optional.ofNullable(marks.floorEntry(position)).map(Map.Entry::getValue);
  }

  @Override
  public void close() {}
}
