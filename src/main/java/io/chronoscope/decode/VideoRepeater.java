package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
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
import org.bytedeco.ffmpeg.global.avcodec;
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
      try (VideoInput first = VideoInput.open(bytes, MediaCutter.LIMITS);
          Target written = new Target(first.stream(), target)) {
        long untilTicks =
            avutil.av_rescale(
                atLeast.toMillis(), first.timeBase().den(), 1000L * first.timeBase().num());
        long ticks = 0;
        while (ticks < untilTicks) {
          try (VideoInput pass = VideoInput.open(bytes, MediaCutter.LIMITS)) {
            long appended = written.append(pass, ticks, untilTicks);
            if (appended <= 0) {
              throw new UnreadableMediaException(Reason.NO_FRAMES, source + " has no key frame");
            }
            ticks += appended;
          }
        }
        written.finish();
        return Duration.of(Ffmpeg.micros(ticks, first.timeBase()), ChronoUnit.MICROS);
      }
    }
  }

  private static final class Target implements AutoCloseable {

    private final AVStream source;
    private final AVFormatContext context = new AVFormatContext(null);
    private final AVStream stream;

    Target(AVStream source, Path file) throws IOException, UnreadableMediaException {
      this.source = source;
      String muxer = VideoCodec.of(source.codecpar()).remux().muxer();
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
    long append(VideoInput video, long atTicks, long untilTicks) throws UnreadableMediaException {
      AVPacket packet = avcodec.av_packet_alloc();
      try {
        long zero = avutil.AV_NOPTS_VALUE;
        long end = 0;
        int result = video.read(packet);
        while (result >= 0) {
          MediaCutter.fillTimestamps(packet);
          boolean key = (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
          if (zero == avutil.AV_NOPTS_VALUE && key) {
            zero = packet.pts();
          }
          if (zero != avutil.AV_NOPTS_VALUE) {
            long at = packet.pts() - zero;
            if (key && atTicks + at >= untilTicks) {
              return end;
            }
            SegmentMuxer.write(packet, zero - atTicks, source, context, stream);
            end = Math.max(end, at + Math.max(1, packet.duration()));
          }
          avcodec.av_packet_unref(packet);
          result = video.read(packet);
        }
        if (result != avutil.AVERROR_EOF) {
          throw new UnreadableMediaException(
              Reason.CORRUPT, "reading stopped: " + Ffmpeg.describe(result));
        }
        return end;
      } finally {
        avcodec.av_packet_free(packet);
      }
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
