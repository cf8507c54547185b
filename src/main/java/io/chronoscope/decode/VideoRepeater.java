package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/// Makes a long file from a short one by repeating its video packets, without re-encoding. Audio
/// and other streams are dropped. Thread-safe.
public final class VideoRepeater {

  /// @param atLeast minimum duration of the new file, which ends at the next key frame
  /// @param target is overwritten; MP4, or Matroska for a codec that MP4 cannot carry
  /// @return the duration of the new file
  /// @throws IOException when the source cannot be read or the target cannot be written
  /// @throws UnreadableMediaException when [FfmpegDecoder] cannot read the source
  public Duration repeat(Path source, Duration atLeast, Path target)
      throws IOException, UnreadableMediaException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(source)) {
      var bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      try (VideoPackets packets = VideoPackets.open(bytes, DecodeLimits.PICTURE_SIZE_ONLY);
          Target written = new Target(packets.input().stream(), target)) {
        packets.requireTimed();
        packets.requireReadToTheEnd();
        long untilTicks = Ffmpeg.ticks(1000 * atLeast.toMillis(), packets.input().timeBase());
        long ticks = 0;
        while (ticks < untilTicks) {
          packets.rewind();
          long appended = written.append(packets, ticks, untilTicks);
          if (appended <= 0) {
            throw new UnreadableMediaException(Reason.NO_FRAMES, source + " has no key frame");
          }
          ticks += appended;
        }
        written.finish();
        return Duration.of(packets.input().micros(ticks), ChronoUnit.MICROS);
      }
    }
  }

  private static final class Target implements AutoCloseable {

    private final AVFormatContext context = new AVFormatContext(null);
    private final AVStream stream;

    Target(AVStream source, Path file) throws IOException, UnreadableMediaException {
      String muxer = SupportedCodecs.of(source.codecpar()).remux().muxer();
      Ffmpeg.check(
          avformat.avformat_alloc_output_context2(context, null, muxer, null),
          "the file's container");
      boolean opened = false;
      try {
        AVIOContext output = new AVIOContext(null);
        int result =
            avformat.avio_open(output, "file:" + file.toAbsolutePath(), avformat.AVIO_FLAG_WRITE);
        if (result < 0) {
          throw new IOException("cannot write " + file + ": " + Ffmpeg.describe(result));
        }
        context.pb(output);
        stream = SegmentMuxer.streamLike(source, context);
        Ffmpeg.check(
            avformat.avformat_write_header(context, new AVDictionary(null)), "the file's header");
        opened = true;
      } finally {
        if (!opened) {
          close();
        }
      }
    }

    /// Appends the video's packets from its first key frame on.
    ///
    /// @param atTicks presentation time of the video's first frame in the new file
    /// @param untilTicks stops before the first key frame that would be presented at or after this
    ///   time
    /// @return ticks by which the file has grown
    long append(VideoPackets video, long atTicks, long untilTicks) {
      long zero = avutil.AV_NOPTS_VALUE;
      long end = 0;
      AVStream source = video.input().stream();
      AVPacket packet = video.next();
      for (int i = 0; packet != null; i++) {
        boolean key = video.isKey(i);
        if (zero == avutil.AV_NOPTS_VALUE && key) {
          zero = packet.pts();
        }
        if (zero != avutil.AV_NOPTS_VALUE) {
          long at = packet.pts() - zero;
          if (key && atTicks + at >= untilTicks) {
            return end;
          }
          SegmentMuxer.write(packet, packet.dts(), zero - atTicks, source, context, stream);
          long duration = packet.duration() > 0 ? packet.duration() : video.usualIntervalTicks();
          end = Math.max(end, at + Math.max(1, duration));
        }
        packet = video.next();
      }
      return end;
    }

    void finish() throws IOException {
      int result = avformat.av_write_trailer(context);
      if (result < 0) {
        throw new IOException("the file's trailer cannot be written: " + Ffmpeg.describe(result));
      }
    }

    @Override
    public void close() {
      Ffmpeg.closeOutput(context);
    }
  }
}
