package io.chronoscope.decode.worker;

import io.chronoscope.decode.MediaDecoder.Display;
import io.chronoscope.decode.MediaDecoder.SelectiveSink;
import io.chronoscope.decode.worker.Message.Abort;
import io.chronoscope.decode.worker.Message.Frame;
import io.chronoscope.decode.worker.Message.Restart;
import io.chronoscope.decode.worker.Message.Select;
import io.chronoscope.decode.worker.Message.Selected;
import io.chronoscope.decode.worker.Message.Taken;
import io.chronoscope.decode.worker.Message.Wanted;
import io.chronoscope.decode.worker.Message.Wants;
import io.chronoscope.domain.Picture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/// In the worker, the sink whose frames go to the parent. Decoding continues while the parent takes
/// them, as long as there is room in the shared memory.
///
/// As long as frames are displayed as their packets announced, the selection says which are wanted;
/// from the first one that is not, the parent is asked for each.
final class RemoteFrames implements SelectiveSink {

  /// Frames that the parent may not have taken yet.
  private static final int MAX_OUTSTANDING = 4;

  private static final long ALIGNMENT = 4096;

  /// The parent wants no more of this chunk.
  static final class AbortedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AbortedException() {
      super("the parent wants no more of this chunk");
    }
  }

  private final MessageChannel channel;
  private final MemorySegment memory;
  private List<Display> displays = List.of();
  private BitSet selected = new BitSet();
  private int agreed;
  private boolean asAnnounced;
  private int unanswered;
  private long slotBytes;
  private int nextSlot;
  private long usedBytes;

  RemoteFrames(MessageChannel channel, MemorySegment memory) {
    this.channel = channel;
    this.memory = memory;
  }

  @Override
  public BitSet select(List<Display> all) {
    long[] times = new long[2 * all.size()];
    for (int i = 0; i < all.size(); i++) {
      times[2 * i] = all.get(i).fromMicros();
      times[2 * i + 1] = all.get(i).untilMicros();
    }
    selected = BitSet.valueOf(((Selected) ask(new Select(times))).words());
    displays = all;
    agreed = 0;
    asAnnounced = true;
    return (BitSet) selected.clone();
  }

  @Override
  public void restart() {
    send(new Restart());
    agreed = 0;
    asAnnounced = !displays.isEmpty();
  }

  @Override
  public boolean wants(long fromMicros, long untilMicros) {
    if (asAnnounced && agreed < displays.size()) {
      Display next = displays.get(agreed);
      if (next.fromMicros() == fromMicros && next.untilMicros() == untilMicros) {
        return selected.get(agreed++);
      }
    }
    asAnnounced = false;
    return ((Wanted) ask(new Wants(agreed, fromMicros, untilMicros))).wanted();
  }

  @Override
  public void frame(long fromMicros, long untilMicros, Picture picture) {
    try (picture) {
      long offset = reserve(picture.sizeBytes());
      MemorySegment.copy(picture.rgb(), 0, memory, offset, picture.sizeBytes());
      send(
          new Frame(
              agreed, fromMicros, untilMicros, picture.widthPx(), picture.heightPx(), offset));
      unanswered++;
    }
  }

  /// Memory for a picture that the parent does not read at the moment.
  private long reserve(long bytes) {
    long aligned = Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    if (aligned != slotBytes) {
      awaitTaken(0);
      slotBytes = aligned;
      nextSlot = 0;
    }
    if (bytes > memory.byteSize()) {
      throw new IllegalStateException(
          "a picture of %d bytes, the shared memory has %d".formatted(bytes, memory.byteSize()));
    }
    int slots = (int) Math.clamp(memory.byteSize() / slotBytes, 1, MAX_OUTSTANDING);
    awaitTaken(slots - 1);
    long offset = nextSlot * slotBytes;
    nextSlot = (nextSlot + 1) % slots;
    usedBytes = Math.max(usedBytes, offset + bytes);
    return offset;
  }

  /// How many frames were displayed as announced, from the first one on.
  int agreed() {
    return agreed;
  }

  /// Bytes used of the shared memory, from its start.
  long usedBytes() {
    return usedBytes;
  }

  /// Waits until the parent has taken all frames.
  void finish() {
    awaitTaken(0);
  }

  /// Receives all answers, whatever they are, so that the next message begins the next chunk.
  void drain() {
    while (unanswered > 0) {
      var unused = receive();
    }
  }

  private void awaitTaken(int most) {
    while (unanswered > most) {
      switch (receive()) {
        case Taken() -> {}
        case Abort() -> throw new AbortedException();
        case Message other -> throw new IllegalStateException("no answer to a frame: " + other);
      }
    }
  }

  private Message ask(Message question) {
    send(question);
    unanswered++;
    awaitTaken(1);
    Message answer = receive();
    if (answer instanceof Abort) {
      throw new AbortedException();
    }
    return answer;
  }

  private void send(Message message) {
    try {
      channel.send(message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Message receive() {
    unanswered--;
    try {
      return channel.receive();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
