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

/// Cuts a file's video into self-contained segments at key frames, without re-encoding. Sound and
/// other streams are left out. Each segment's presentation time begins at zero, and `start` plus a
/// frame's time in its segment is the frame's time in the file, to a microsecond.
///
/// Where frames that follow a key frame in the file are shown before it (an open group of
/// pictures), they need the frames before the key frame: the segment that ends there gets them, and
/// the key frame too, which then is in both segments.
///
/// Holds the packets of one segment, whatever the file's size. Thread-safe.
public final class MediaCutter {

  // The file is the user's own; only what one picture may cost is limited.
  static final DecodeLimits LIMITS =
      new DecodeLimits(DecodeLimits.DEFAULTS.maxPixels(), Duration.ofDays(3650), Long.MAX_VALUE);

  /// @param target a segment lasts at least this long (the last one may be shorter)
  /// @param sink receives the segments in order, on this thread
  /// @return the number of segments
  /// @throws IOException when the file cannot be read
  /// @throws UnreadableMediaException when the file is no video that [FfmpegDecoder] reads
  public int cut(Path file, Duration target, Consumer<MediaSegment> sink)
      throws IOException, UnreadableMediaException {
    if (!target.isPositive()) {
      throw new IllegalArgumentException("segments of " + target);
    }
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file);
        VideoInput input =
            VideoInput.open(channel.map(MapMode.READ_ONLY, 0, channel.size(), arena), LIMITS);
        Cut cut = new Cut(input, target, sink)) {
      return cut.run();
    }
  }

  /// Gives a packet both of its times where it has only one.
  static void withTimes(AVPacket packet) throws UnreadableMediaException {
    if (packet.pts() == avutil.AV_NOPTS_VALUE) {
      packet.pts(packet.dts());
    }
    if (packet.pts() == avutil.AV_NOPTS_VALUE) {
      throw new UnreadableMediaException(Reason.CORRUPT, "a packet without a time");
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
    // the segment being filled
    private final List<AVPacket> segment = new ArrayList<>();
    // a key frame at which the next segment may begin, and what is shown before it
    private final List<AVPacket> pending = new ArrayList<>();
    private int index;

    Cut(VideoInput input, Duration target, Consumer<MediaSegment> sink) {
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
          take(packet);
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
            Reason.NO_FRAMES, "no key frame in the " + input.codecName() + " video");
      }
      emit(endTicks());
      return index;
    }

    private void take(AVPacket packet) throws UnreadableMediaException {
      withTimes(packet);
      if (!pending.isEmpty() && packet.pts() > pending.getFirst().pts()) {
        beginSegment();
      }
      boolean key = (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
      if (!pending.isEmpty()) {
        pending.add(avcodec.av_packet_clone(packet));
      } else if (key && !segment.isEmpty() && isLongEnough(packet.pts())) {
        pending.add(avcodec.av_packet_clone(packet));
      } else if (key || !segment.isEmpty()) {
        segment.add(avcodec.av_packet_clone(packet));
      } // nothing can be decoded before the first key frame
    }

    private boolean isLongEnough(long ticks) {
      return input.micros(ticks) - input.micros(zeroTicks()) >= targetMicros;
    }

    /// Ends the segment at the pending key frame.
    private void beginSegment() {
      AVPacket key = pending.getFirst();
      boolean open = pending.size() > 1;
      if (open) {
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
      MediaSegment made =
          new MediaSegment(
              index++,
              Duration.of(start, ChronoUnit.MICROS),
              Duration.of(input.micros(untilTicks) - start, ChronoUnit.MICROS),
              muxer.contentType(),
              muxer.write(segment, zero));
      free(segment);
      sink.accept(made);
    }

    /// When the segment's first frame is shown: that of the key frame, or of what precedes it in
    /// the file's first group.
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
