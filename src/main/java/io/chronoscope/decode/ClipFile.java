package io.chronoscope.decode;

import io.chronoscope.decode.container.IndexInFront;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;

/// An MP4 with one video track, in memory: with its index in front, so that a browser can start
/// before it has all of it.
final class ClipFile implements AutoCloseable {

  /// Ticks per second of the track.
  private static final int TIME_BASE = 90_000;

  private final MemoryOutput output = new MemoryOutput("mp4");
  private final AVStream stream;
  private long lastDts = Long.MIN_VALUE;
  private long sizeBytes;

  ClipFile(AVCodecParameters parameters) {
    boolean opened = false;
    try {
      stream = avformat.avformat_new_stream(output.context(), null);
      Ffmpeg.check(
          avcodec.avcodec_parameters_copy(stream.codecpar(), parameters), "codec parameters");
      stream.codecpar().codec_tag(0); // tags are specific to the source's container
      stream.time_base(new AVRational().num(1).den(TIME_BASE));
      output.begin("");
      opened = true;
    } finally {
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
  void write(AVPacket packet, long ptsMicros, long dtsMicros, long durationMicros) {
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
      Ffmpeg.check(
          avformat.av_interleaved_write_frame(output.context(), placed), "a clip's packet");
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

  /// Completes the file.
  ///
  /// @param target receives all of its bytes in order, each part valid during the call
  void finish(Consumer<MemorySegment> target) throws UnreadableMediaException {
    IndexInFront.of(output.finishInPlace()).forEach(target);
  }

  @Override
  public void close() {
    output.close();
  }
}
