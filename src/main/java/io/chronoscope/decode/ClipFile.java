package io.chronoscope.decode;

import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/// An MP4 with one video track that is written to a file: with its index in front, so that a
/// browser can start before it has all of it.
final class ClipFile implements AutoCloseable {

  /// Ticks per second of the track.
  private static final int TIME_BASE = 90_000;

  private final AVFormatContext context = new AVFormatContext(null);
  private final AVStream stream;
  private long lastDts = Long.MIN_VALUE;
  private long sizeBytes;

  /// @param target is overwritten
  ClipFile(Path target, AVCodecParameters parameters) throws IOException {
    // The name is needed once more: the index is put in front by reading the file again.
    String name = "file:" + target.toAbsolutePath();
    Ffmpeg.check(
        avformat.avformat_alloc_output_context2(context, null, "mp4", name), "a clip's container");
    boolean opened = false;
    AVDictionary options = new AVDictionary(null);
    try {
      AVIOContext output = new AVIOContext(null);
      int result = avformat.avio_open(output, name, avformat.AVIO_FLAG_WRITE);
      if (result < 0) {
        throw new IOException("cannot write a clip: " + Ffmpeg.describe(result));
      }
      context.pb(output);
      stream = avformat.avformat_new_stream(context, null);
      Ffmpeg.check(
          avcodec.avcodec_parameters_copy(stream.codecpar(), parameters), "codec parameters");
      stream.codecpar().codec_tag(0); // tags are specific to the source's container
      stream.time_base(new AVRational().num(1).den(TIME_BASE));
      Ffmpeg.option(options, "movflags", "+faststart");
      Ffmpeg.check(avformat.avformat_write_header(context, options), "a clip's header");
      opened = true;
    } finally {
      avutil.av_dict_free(options);
      if (!opened) {
        close();
      }
    }
  }

  /// Writes one packet. Decoding times that do not increase, where segments join, are moved by as
  /// little as possible.
  ///
  /// @param packet not consumed; its timestamps are ignored
  /// @param ptsMicros from the clip's time zero
  /// @param dtsMicros from the clip's time zero; negative for frames that are decoded ahead
  void write(AVPacket packet, long ptsMicros, long dtsMicros, long durationMicros)
      throws IOException {
    AVPacket placed = avcodec.av_packet_clone(packet);
    try {
      long dts =
          Math.max(ticks(dtsMicros), lastDts == Long.MIN_VALUE ? Long.MIN_VALUE : lastDts + 1);
      placed.stream_index(0);
      placed.pos(-1);
      placed.dts(dts);
      placed.pts(Math.max(ticks(ptsMicros), dts));
      placed.duration(ticks(durationMicros));
      lastDts = dts;
      sizeBytes += placed.size();
      int result = avformat.av_interleaved_write_frame(context, placed);
      if (result < 0) {
        throw new IOException("cannot write a clip: " + Ffmpeg.describe(result));
      }
    } finally {
      avcodec.av_packet_free(placed);
    }
  }

  private long ticks(long micros) {
    return Ffmpeg.ticks(micros, stream.time_base());
  }

  /// Bytes of the packets written so far.
  long sizeBytes() {
    return sizeBytes;
  }

  void finish() throws IOException {
    int result = avformat.av_write_trailer(context);
    if (result < 0) {
      throw new IOException("cannot finish a clip: " + Ffmpeg.describe(result));
    }
  }

  @Override
  public void close() {
    Ffmpeg.closeOutput(context);
  }
}
