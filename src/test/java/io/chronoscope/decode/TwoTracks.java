package io.chronoscope.decode;

import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.javacpp.BytePointer;

/// A Matroska file with the video tracks of two others.
final class TwoTracks {

  private TwoTracks() {}

  /// @param byDefault whether each track is marked as default
  static byte[] of(byte[] first, byte[] second, List<Boolean> byDefault)
      throws UnreadableMediaException {
    AVFormatContext context = new AVFormatContext(null);
    AVIOContext output = new AVIOContext(null);
    try (VideoPackets one = open(first);
        VideoPackets other = open(second)) {
      List<VideoPackets> sources = List.of(one, other);
      Ffmpeg.check(
          avformat.avformat_alloc_output_context2(context, null, "matroska", null), "a container");
      Ffmpeg.check(avformat.avio_open_dyn_buf(output), "a buffer");
      context.pb(output);
      for (int i = 0; i < 2; i++) {
        AVStream stream = SegmentMuxer.streamLike(sources.get(i).input().stream(), context);
        stream.disposition(byDefault.get(i) ? avformat.AV_DISPOSITION_DEFAULT : 0);
      }
      AVDictionary options = new AVDictionary(null);
      Ffmpeg.option(options, "default_mode", "passthrough");
      Ffmpeg.check(avformat.avformat_write_header(context, options), "a header");
      for (int i = 0; i < 2; i++) {
        AVStream from = sources.get(i).input().stream();
        AVPacket packet = sources.get(i).next();
        while (packet != null) {
          AVPacket copy = avcodec.av_packet_clone(packet);
          copy.stream_index(i);
          avcodec.av_packet_rescale_ts(copy, from.time_base(), context.streams(i).time_base());
          Ffmpeg.check(avformat.av_write_frame(context, copy), "a packet");
          avcodec.av_packet_free(copy);
          packet = sources.get(i).next();
        }
      }
      Ffmpeg.check(avformat.av_write_trailer(context), "a trailer");
      try (BytePointer written = new BytePointer()) {
        byte[] bytes = new byte[avformat.avio_get_dyn_buf(output, written)];
        written.get(bytes);
        return bytes;
      }
    } finally {
      avformat.avformat_free_context(context);
    }
  }

  private static VideoPackets open(byte[] media) throws UnreadableMediaException {
    return VideoPackets.open(MemorySegment.ofBuffer(ByteBuffer.wrap(media)), DecodeLimits.DEFAULTS);
  }
}
