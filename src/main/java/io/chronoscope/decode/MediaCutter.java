package io.chronoscope.decode;

import io.chronoscope.decode.container.ContainerFormat;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;

/// Cuts a file's video into self-contained segments, without re-encoding, where a decoder can begin
/// ([CutPlan]). Audio and other streams are dropped. `start` plus a frame's time in its segment is
/// the frame's time in the file, to a microsecond; which that is, [VideoPackets] says.
///
/// Frames that follow a key frame in the file but are displayed before it (an open group of
/// pictures) depend on the frames before the key frame. They go to the segment that ends there,
/// together with a copy of the key frame, which is then in both segments. Frames that an edit list
/// excludes are in a segment only if others need them, before its time zero.
///
/// Buffers the packets of one segment, and the times of all. Thread-safe.
public final class MediaCutter {

  private final OptionalDouble statedFps;

  public MediaCutter() {
    this(OptionalDouble.empty());
  }

  /// @param statedFps frame rate of elementary streams, instead of the one that their codec states
  public MediaCutter(OptionalDouble statedFps) {
    this.statedFps = statedFps;
  }

  /// Whether a file is a codec's stream without a container, so that nothing in it states times.
  ///
  /// @throws IOException when the file cannot be read
  /// @throws UnreadableMediaException when it is no video
  public static boolean isElementaryStream(Path file) throws IOException, UnreadableMediaException {
    try (MappedFile mapped = MappedFile.open(file)) {
      return ContainerFormat.sniff(mapped.bytes()).container().clock()
          == ContainerFormat.Clock.NONE;
    }
  }

  /// @param target minimum duration of a segment; the last one may be shorter
  /// @param sink receives the segments in order, on this thread
  /// @return the number of segments
  /// @throws IOException when the file cannot be read
  /// @throws UnreadableMediaException when [FfmpegDecoder] cannot read the file
  public int cut(Path file, Duration target, Consumer<MediaSegment> sink)
      throws IOException, UnreadableMediaException {
    try (MappedFile mapped = MappedFile.open(file)) {
      return cut(mapped.bytes(), target, sink);
    }
  }

  /// @param file its bytes
  /// @see #cut(Path, Duration, Consumer)
  public int cut(MemorySegment file, Duration target, Consumer<MediaSegment> sink)
      throws UnreadableMediaException {
    if (!target.isPositive()) {
      throw new IllegalArgumentException(
          "target duration of a segment must be positive: " + target);
    }
    try (VideoPackets packets =
        VideoPackets.open(file, DecodeLimits.PICTURE_SIZE_ONLY, statedFps)) {
      if (packets.input().container().clock() == ContainerFormat.Clock.STILL
          && packets.size() == 1) {
        sink.accept(wholePicture(packets, file));
        return 1;
      }
      try (Cut cut = new Cut(packets, target, sink)) {
        return cut.run();
      }
    }
  }

  /// A still picture is a video of one frame. It stays as it is, with what it says about itself.
  private static MediaSegment wholePicture(VideoPackets packets, MemorySegment bytes) {
    return new MediaSegment(
        0,
        Duration.ZERO,
        Duration.of(FrameTiming.DEFAULT_FRAME_MICROS, ChronoUnit.MICROS),
        packets.input().container().contentType(),
        ByteBuffer.wrap(bytes.toArray(ValueLayout.JAVA_BYTE)));
  }

  /// What a file's video is, as far as its packets say.
  ///
  /// @param duration from time zero to the end of the last frame
  /// @param selection which of several video tracks is used; empty when there is only one
  public record Overview(Duration duration, Optional<String> selection) implements TaskOutput {}

  /// Reads a file's packets without cutting.
  ///
  /// @throws IOException when the file cannot be read
  /// @throws UnreadableMediaException when [FfmpegDecoder] cannot read the file
  public Overview overview(Path file) throws IOException, UnreadableMediaException {
    try (MappedFile mapped = MappedFile.open(file)) {
      return overview(mapped.bytes());
    }
  }

  /// @param file its bytes
  /// @see #overview(Path)
  public Overview overview(MemorySegment file) throws UnreadableMediaException {
    try (VideoPackets packets =
        VideoPackets.open(file, DecodeLimits.PICTURE_SIZE_ONLY, statedFps)) {
      return new Overview(
          Duration.of(Math.max(0, packets.endMicros()), ChronoUnit.MICROS),
          packets.input().selection());
    }
  }

  private static final class Cut implements AutoCloseable {

    private final VideoPackets packets;
    private final VideoInput input;
    private final BitSet starts;
    private final Map<Integer, byte[]> parameterSets;
    private final Consumer<MediaSegment> sink;
    private SegmentMuxer muxer;
    private final CutPackets cut = new CutPackets();
    private final List<AVPacket> segment = cut.segment();
    private int index;

    Cut(VideoPackets packets, Duration target, Consumer<MediaSegment> sink)
        throws UnreadableMediaException {
      this.packets = packets;
      this.sink = sink;
      packets.requireReadToTheEnd();
      CutPlan.Cuts cuts = CutPlan.of(packets, target.toNanos() / 1000);
      this.starts = cuts.starts();
      this.parameterSets = cuts.parameterSets();
      this.input = packets.input();
      this.muxer = new SegmentMuxer(input.stream());
    }

    int run() throws UnreadableMediaException {
      packets.requireTimed();
      int codec = input.codecId();
      AVPacket packet = packets.next();
      for (int i = 0; packet != null; i++) {
        if (input.codecId() != codec) {
          finish();
          codec = input.codecId();
          muxer = new SegmentMuxer(input.stream());
        }
        append(i, packet);
        packet = packets.next();
      }
      if (!finish() && index == 0) {
        throw new UnreadableMediaException(
            Reason.NO_FRAMES, "the " + input.codecName() + " video has no frame to show");
      }
      return index;
    }

    private void append(int number, AVPacket packet) {
      if (index == 0 && segment.isEmpty() && !packets.isKey(number) && packets.hasKeys()) {
        return; // a recording that begins within a group of pictures
      }
      if (cut.isEndedBy(packet)) {
        cut.startSegment(this::emit);
      }
      boolean starts = this.starts.get(number);
      byte[] missing = starts ? parameterSets.get(number) : null;
      AVPacket copy =
          missing == null ? avcodec.av_packet_clone(packet) : Ffmpeg.prefixed(packet, missing);
      if (!packets.isShown(number)) {
        copy.flags(copy.flags() | avcodec.AV_PKT_FLAG_DISCARD);
      }
      if (starts && !segment.isEmpty() && !isShown(copy)) {
        emit(endTicks());
        segment.add(copy);
      } else if (cut.isEnding() || (starts && !segment.isEmpty())) {
        cut.addPending(copy);
      } else {
        segment.add(copy);
      }
    }

    private static boolean isShown(AVPacket packet) {
      return (packet.flags() & avcodec.AV_PKT_FLAG_DISCARD) == 0;
    }

    /// Emits what is buffered.
    ///
    /// @return whether there was anything to show
    private boolean finish() {
      cut.finish(this::emit);
      boolean shows = segment.stream().anyMatch(Cut::isShown);
      if (shows) {
        emit(endTicks());
      }
      cut.clearSegment();
      return shows;
    }

    private void emit(long untilTicks) {
      if (segment.stream().noneMatch(Cut::isShown)) {
        cut.clearSegment();
        return;
      }
      // Nothing that is shown depends on what comes after it.
      while (!isShown(segment.getLast())) {
        avcodec.av_packet_free(segment.removeLast());
      }
      long first = shownTicks().min().orElseThrow();
      boolean pause =
          index == 0 && input.micros(first) > StallRule.MIN_MICROS && muxer.keepsPause();
      long zero = pause ? 0 : first;
      long until = displayEnd(untilTicks);
      hide(first, until);
      long start = input.micros(zero);
      MediaSegment next =
          new MediaSegment(
              index++,
              Duration.of(start, ChronoUnit.MICROS),
              Duration.of(input.micros(until) - start, ChronoUnit.MICROS),
              muxer.contentType(),
              muxer.write(
                  segment,
                  zero,
                  pause ? SegmentMuxer.Layout.INDEX : SegmentMuxer.Layout.FRAGMENTS));
      cut.clearSegment();
      sink.accept(next);
    }

    private LongStream shownTicks() {
      return segment.stream().filter(Cut::isShown).mapToLong(AVPacket::pts);
    }

    /// The end of the last frame's display, which the container may not state: the start of the
    /// next segment, unless there is a gap in between.
    private long displayEnd(long untilTicks) {
      long last = shownTicks().max().orElseThrow();
      StallRule stalls = new StallRule(packets.usualIntervalMicros());
      long until =
          stalls.isStall(input.micros(last), input.micros(untilTicks))
              ? last + packets.usualIntervalTicks()
              : untilTicks;
      segment.stream()
          .filter(packet -> isShown(packet) && packet.pts() == last && until > last)
          .forEach(packet -> packet.duration(until - last));
      return Math.max(until, last);
    }

    /// Gives frames that are not shown times outside the segment: before its first frame, or, as
    /// they may be needed by the last ones, for a moment at its end.
    private void hide(long first, long until) {
      List<AVPacket> hidden =
          segment.stream()
              .filter(packet -> !isShown(packet))
              .sorted(Comparator.comparingLong(AVPacket::pts))
              .toList();
      long before = hidden.stream().filter(packet -> packet.pts() < first).count();
      long step = Math.max(1, packets.usualIntervalTicks());
      for (int i = 0; i < hidden.size(); i++) {
        AVPacket packet = hidden.get(i);
        packet.pts(i < before ? first - step * (before - i) : until + (i - before));
        packet.duration(1);
      }
    }

    private long endTicks() {
      AVPacket last =
          segment.stream()
              .filter(Cut::isShown)
              .max(Comparator.comparingLong(AVPacket::pts))
              .orElse(null);
      if (last == null) {
        return 0;
      }
      long micros =
          FrameTiming.lastFrameMicros(
              packets.statedDurationMicros(last.duration()),
              0,
              packets.usualIntervalMicros(),
              packets.size());
      return last.pts() + Ffmpeg.ticks(micros, input.timeBase());
    }

    @Override
    public void close() {
      cut.close();
    }
  }
}
