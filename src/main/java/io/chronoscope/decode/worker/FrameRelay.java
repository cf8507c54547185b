package io.chronoscope.decode.worker;

import io.chronoscope.decode.MediaDecoder.Display;
import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.decode.MediaDecoder.SelectiveSink;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.worker.Message.Abort;
import io.chronoscope.decode.worker.Message.Bytes;
import io.chronoscope.decode.worker.Message.Decode;
import io.chronoscope.decode.worker.Message.Done;
import io.chronoscope.decode.worker.Message.Failed;
import io.chronoscope.decode.worker.Message.Finished;
import io.chronoscope.decode.worker.Message.Frame;
import io.chronoscope.decode.worker.Message.LiveMessage;
import io.chronoscope.decode.worker.Message.Made;
import io.chronoscope.decode.worker.Message.Ready;
import io.chronoscope.decode.worker.Message.Restart;
import io.chronoscope.decode.worker.Message.Run;
import io.chronoscope.decode.worker.Message.Select;
import io.chronoscope.decode.worker.Message.Selected;
import io.chronoscope.decode.worker.Message.SinkKind;
import io.chronoscope.decode.worker.Message.Taken;
import io.chronoscope.decode.worker.Message.Unreadable;
import io.chronoscope.decode.worker.Message.Wanted;
import io.chronoscope.decode.worker.Message.Wants;
import io.chronoscope.decode.worker.MessageCodec.MalformedMessageException;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// In the parent, one chunk's conversation with a worker: asks the sink what the worker asks, and
/// gives it the frames. A sink that throws ends the conversation; its exception is thrown again
/// when the worker has stopped.
final class FrameRelay {

  private final Conversation worker;
  private final MemorySegment pictures;
  private final FrameSink sink;

  private List<Display> displays = List.of();
  private BitSet selected = new BitSet();
  private int replayed;

  /// Whether the sink was asked for the next frame and wants it.
  private boolean frameDue;

  private long outputBytes;

  FrameRelay(Conversation worker, MemorySegment pictures, FrameSink sink) {
    this.worker = worker;
    this.pictures = pictures;
    this.sink = sink;
  }

  SinkKind sinkKind() {
    return sink == FrameSink.NONE
        ? SinkKind.NONE
        : sink instanceof SelectiveSink ? SinkKind.SELECTIVE : SinkKind.PLAIN;
  }

  /// @throws WorkerLostException when the worker exceeds the output, or says itself that it failed
  /// @throws IOException when the worker is gone, or sends what it must not
  MediaFacts run() throws IOException, UnreadableMediaException, WorkerLostException {
    while (true) {
      Message message = worker.receive();
      switch (message) {
        case Select(long[] times) -> worker.answer(() -> select(times));
        case Wants wants -> worker.answer(() -> wants(wants));
        case Frame frame -> worker.answer(() -> take(frame));
        case Restart() -> restart();
        case Done(int agreed, MediaFacts facts) -> {
          worker.end();
          replay(agreed);
          return facts;
        }
        case Unreadable(int agreed, var reason, String detail) -> {
          worker.end();
          replay(agreed);
          throw new UnreadableMediaException(reason, detail);
        }
        case Failed(String problem) -> {
          worker.end();
          throw new WorkerLostException(LossCause.CRASH, "the decoder failed: " + problem);
        }
        case LiveMessage _,
            Ready _,
            Decode _,
            Run _,
            Selected _,
            Wanted _,
            Taken _,
            Abort _,
            Bytes _,
            Made _,
            Finished _ ->
            throw new MalformedMessageException(
                "a " + message.getClass().getSimpleName() + " while decoding");
      }
    }
  }

  private Message select(long[] times) throws IOException {
    if (!(sink instanceof SelectiveSink selective) || times.length % 2 != 0) {
      throw new MalformedMessageException("a selection of " + times.length + " times");
    }
    List<Display> all = new ArrayList<>(times.length / 2);
    for (int i = 0; i < times.length; i += 2) {
      all.add(new Display(times[i], times[i + 1]));
    }
    displays = all;
    if (!all.isEmpty()) {
      worker.allowCpuFor(all.getLast().untilMicros() - all.getFirst().fromMicros());
    }
    selected = selective.select(displays);
    return new Selected(selected.toLongArray());
  }

  private Message wants(Wants wants) throws IOException {
    replay(wants.agreed());
    requireNoFrameDue();
    worker.allowCpuFor(wants.untilMicros());
    frameDue = sink.wants(wants.fromMicros(), wants.untilMicros());
    return new Wanted(frameDue);
  }

  private Message take(Frame frame) throws IOException, WorkerLostException {
    replay(frame.agreed());
    if (!frameDue) {
      throw new MalformedMessageException("a frame that is not wanted");
    }
    frameDue = false;
    long bytes = pictureBytes(frame);
    outputBytes += bytes;
    if (outputBytes > worker.budget().outputBytes()) {
      throw new WorkerLostException(
          LossCause.OUTPUT,
          "its wanted pictures have more than %d MiB"
              .formatted(worker.budget().outputBytes() >> 20));
    }
    Picture picture = Picture.allocate(frame.widthPx(), frame.heightPx());
    MemorySegment.copy(pictures, frame.offset(), picture.rgb(), 0, bytes);
    sink.frame(frame.fromMicros(), frame.untilMicros(), picture);
    return new Taken();
  }

  private long pictureBytes(Frame frame) throws MalformedMessageException {
    if (frame.widthPx() > 0 && frame.heightPx() > 0) {
      long pixels = (long) frame.widthPx() * frame.heightPx();
      if (frame.offset() >= 0
          && pixels <= pictures.byteSize() / 3
          && frame.offset() <= pictures.byteSize() - 3 * pixels) {
        return 3 * pixels;
      }
    }
    throw new MalformedMessageException("a frame outside of the shared memory: " + frame);
  }

  private void restart() throws IOException {
    if (!(sink instanceof SelectiveSink selective)) {
      throw new MalformedMessageException("a restart without a selection");
    }
    replayed = 0;
    frameDue = false;
    if (!worker.sinkFailed()) {
      selective.restart();
    }
  }

  /// Asks the sink for the frames that were displayed as announced. Of these only the last can be a
  /// wanted one whose picture comes next.
  private void replay(int agreed) throws IOException {
    if (agreed < replayed || agreed > displays.size()) {
      throw new MalformedMessageException(
          "%d frames as announced after %d of %d".formatted(agreed, replayed, displays.size()));
    }
    for (; replayed < agreed; replayed++) {
      requireNoFrameDue();
      Display display = displays.get(replayed);
      frameDue = sink.wants(display.fromMicros(), display.untilMicros());
      if (frameDue != selected.get(replayed)) {
        throw new IllegalStateException(
            "the sink wants the frame at %d µs: %s, but selected otherwise"
                .formatted(display.fromMicros(), frameDue));
      }
    }
  }

  private void requireNoFrameDue() throws MalformedMessageException {
    if (frameDue) {
      throw new MalformedMessageException("a wanted frame is missing");
    }
  }
}
