package io.chronoscope.decode;

import io.chronoscope.decode.MediaTask.Part;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Does [MediaTask]s with FFmpeg in this process. A call works on its own thread and frees all
/// native memory before it returns or throws.
public final class MediaTasks {

  /// A clip says how far it is once in so many bytes.
  private static final long REPORT_BYTES = 1 << 20;

  private MediaTasks() {}

  /// @param media the bytes; for [MediaTask.Join] those of all segments
  /// @throws UnreadableMediaException when they cannot be read
  public static void run(MediaTask task, MemorySegment media, DecodeLimits limits, TaskSink sink)
      throws UnreadableMediaException {
    try {
      switch (task) {
        case MediaTask.Probe() -> sink.made(MediaProbe.of(media, limits));
        case MediaTask.Survey(var fps) -> sink.made(new MediaCutter(fps).overview(media));
        case MediaTask.Cut(var target, var fps) -> {
          var unused = new MediaCutter(fps).cut(media, target, segment -> send(segment, sink));
        }
        case MediaTask.Encode(var settings) ->
            MediaEncoder.encode(media, settings, segment -> send(segment, sink));
        case MediaTask.Fragment() -> fragment(media, limits, sink);
        case MediaTask.Join join -> join(join, media, limits, sink);
      }
    } catch (NotPlayableException e) {
      sink.made(new TaskOutput.NotPlayable(String.valueOf(e.getMessage())));
    }
  }

  private static void send(MediaSegment segment, TaskSink sink) {
    sink.bytes(MemorySegment.ofBuffer(segment.media()));
    sink.made(
        new TaskOutput.Segment(
            segment.index(), segment.start(), segment.duration(), segment.contentType()));
  }

  private static void fragment(MemorySegment media, DecodeLimits limits, TaskSink sink)
      throws UnreadableMediaException, NotPlayableException {
    PlayableSegment made = PlayableSegment.of(media, limits);
    sink.bytes(MemorySegment.ofBuffer(made.initialization()));
    sink.bytes(MemorySegment.ofBuffer(made.media()));
    sink.made(new TaskOutput.Fragments(made.initialization().remaining()));
  }

  private static void join(
      MediaTask.Join join, MemorySegment media, DecodeLimits limits, TaskSink sink)
      throws UnreadableMediaException, NotPlayableException {
    Progress progress = new Progress(sink);
    switch (join.mode()) {
      case COPY -> {
        try (ClipCopier copier =
            new ClipCopier(join.fromMicros(), join.toMicros(), limits, progress::report)) {
          appendAll(join.parts(), media, copier::append);
          sink.made(copier.finish(sink::bytes));
        }
      }
      case ENCODE -> {
        try (ClipEncoder encoder =
            new ClipEncoder(join.fromMicros(), join.toMicros(), limits, progress::report)) {
          appendAll(join.parts(), media, encoder::append);
          sink.made(encoder.finish(sink::bytes));
        }
      }
    }
  }

  @FunctionalInterface
  private interface Appender {

    /// @return whether the clip needs further segments
    boolean append(ClipPart part) throws UnreadableMediaException, NotPlayableException;
  }

  /// A segment that cannot be read leaves a hole, as it does for the analysis; only when none can
  /// be read there is no clip.
  private static void appendAll(List<Part> parts, MemorySegment media, Appender appender)
      throws UnreadableMediaException, NotPlayableException {
    List<UnreadableMediaException> unreadable = new ArrayList<>();
    long at = 0;
    for (Part part : parts) {
      MemorySegment bytes = media.asSlice(at, part.bytes());
      at += part.bytes();
      try {
        if (!appender.append(new ClipPart(bytes.asByteBuffer(), part.startMicros()))) {
          return;
        }
      } catch (UnreadableMediaException e) {
        unreadable.add(e);
      }
    }
    if (!unreadable.isEmpty() && unreadable.size() == parts.size()) {
      throw unreadable.getFirst();
    }
  }

  /// Says how large a clip is, at its start and whenever it has grown.
  private static final class Progress {
    private final TaskSink sink;
    private long reported = -REPORT_BYTES;

    Progress(TaskSink sink) {
      this.sink = sink;
    }

    void report(long bytes) {
      if (bytes - reported >= REPORT_BYTES) {
        reported = bytes;
        sink.made(new TaskOutput.Written(bytes));
      }
    }
  }
}
