package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/// Cuts a file's video into self-contained segments at key frames, without re-encoding. Audio and
/// other streams are dropped. Presentation time in each segment starts at zero; `start` plus a
/// frame's time in its segment is the frame's time in the file, to a microsecond.
///
/// Frames that follow a key frame in the file but are displayed before it (an open group of
/// pictures) depend on the frames before the key frame. They go to the segment that ends there,
/// together with a copy of the key frame, which is then in both segments.
///
/// Buffers the packets of one segment, whatever the file's size. Thread-safe.
public final class MediaCutter {

  // The file is the user's own, so only the size of one picture is limited.
  static final DecodeLimits LIMITS =
      new DecodeLimits(DecodeLimits.DEFAULTS.maxPixels(), Duration.ofDays(3650), Long.MAX_VALUE);

  /// @param target minimum duration of a segment; the last one may be shorter
  /// @param sink receives the segments in order, on this thread
  /// @return the number of segments
  /// @throws IOException when the file cannot be read
  /// @throws UnreadableMediaException when [FfmpegDecoder] cannot read the file
  public int cut(Path file, Duration target, Consumer<MediaSegment> sink)
      throws IOException, UnreadableMediaException {
    if (!target.isPositive()) {
      throw new IllegalArgumentException(
          "target duration of a segment must be positive: " + target);
    }
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file);
        VideoInput input =
            VideoInput.open(channel.map(MapMode.READ_ONLY, 0, channel.size(), arena), LIMITS);
        Cut cut = new Cut(input, target, sink)) {
      return cut.run();
    }
  }

  /// Sets the missing one of a packet's two timestamps from the other.
  ///
  /// @throws UnreadableMediaException CORRUPT when it has neither
  static void fillTimestamps(AVPacket packet) throws UnreadableMediaException {
    if (packet.pts() == avutil.AV_NOPTS_VALUE) {
      packet.pts(packet.dts());
    }
    if (packet.pts() == avutil.AV_NOPTS_VALUE) {
      throw new UnreadableMediaException(Reason.CORRUPT, "a packet has no timestamp");
    }
    if (packet.dts() == avutil.AV_NOPTS_VALUE) {
      packet.dts(packet.pts());
    }
  }

  private static final class Cut implements AutoCloseable {

    private final VideoInput input;
    private final long targetMicros;
    private final Consumer<MediaSegment> sink;
    private final SegmentMuxer muxer;
    // The segment being filled.
    private final List<AVPacket> segment = new ArrayList<>();
    // A key frame at which the next segment may start, and the frames displayed before it.
    private final List<AVPacket> pending = new ArrayList<>();
    private int index;

    Cut(VideoInput input, Duration target, Consumer<MediaSegment> sink)
        throws UnreadableMediaException {
      this.input = input;
      this.targetMicros = target.toNanos() / 1000;
      this.sink = sink;
      this.muxer = new SegmentMuxer(input.stream());
    }

    int run() throws UnreadableMediaException {
      AVPacket packet = avcodec.av_packet_alloc();
      try {
        int result = input.read(packet);
        while (result >= 0) {
          append(packet);
          avcodec.av_packet_unref(packet);
          result = input.read(packet);
        }
        if (result != avutil.AVERROR_EOF) {
          throw new UnreadableMediaException(
              Reason.CORRUPT,
              "reading stopped after segment %d: %s".formatted(index, Ffmpeg.describe(result)));
        }
      } finally {
        avcodec.av_packet_free(packet);
      }
      if (!pending.isEmpty()) {
        AVPacket key = pending.getFirst();
        if (pending.size() == 1) {
          pending.clear();
          emit(key.pts());
          segment.add(key);
        } else {
          segment.addAll(pending);
          pending.clear();
        }
      }
      if (segment.isEmpty()) {
        throw new UnreadableMediaException(
            Reason.NO_FRAMES, "the " + input.codecName() + " video has no key frame");
      }
      emit(endTicks());
      return index;
    }

    private void append(AVPacket packet) throws UnreadableMediaException {
      fillTimestamps(packet);
      if (!pending.isEmpty() && packet.pts() > pending.getFirst().pts()) {
        startSegment();
      }
      boolean key = (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
      if (!pending.isEmpty()) {
        pending.add(avcodec.av_packet_clone(packet));
      } else if (key && !segment.isEmpty() && isLongEnough(packet.pts())) {
        pending.add(avcodec.av_packet_clone(packet));
      } else if (key || !segment.isEmpty()) {
        segment.add(avcodec.av_packet_clone(packet));
      } // packets before the first key frame cannot be decoded
    }

    private boolean isLongEnough(long ticks) {
      return input.micros(ticks) - input.micros(zeroTicks()) >= targetMicros;
    }

    /// Emits the segment and starts the next one at the pending key frame.
    private void startSegment() {
      AVPacket key = pending.getFirst();
      boolean openGroup = pending.size() > 1;
      if (openGroup) {
        segment.add(avcodec.av_packet_clone(key));
        segment.addAll(pending.subList(1, pending.size()));
      }
      pending.clear();
      try {
        emit(key.pts());
      } finally {
        segment.add(key);
      }
    }

    private void emit(long untilTicks) {
      long zero = zeroTicks();
      long start = input.micros(zero);
      MediaSegment next =
          new MediaSegment(
              index++,
              Duration.of(start, ChronoUnit.MICROS),
              Duration.of(input.micros(untilTicks) - start, ChronoUnit.MICROS),
              muxer.contentType(),
              muxer.write(segment, zero));
      free(segment);
      sink.accept(next);
    }

    /// Presentation time of the segment's first frame: the key frame's, or in the file's first
    /// group that of a frame displayed before it.
    private long zeroTicks() {
      return segment.stream().mapToLong(AVPacket::pts).min().orElseThrow();
    }

    private long endTicks() {
      return segment.stream()
          .mapToLong(p -> p.pts() + Math.max(0, p.duration()))
          .max()
          .orElseThrow();
    }

    private static void free(List<AVPacket> packets) {
      packets.forEach(avcodec::av_packet_free);
      packets.clear();
    }

    @Override
    public void close() {
      free(segment);
      free(pending);
    }
  }
}
