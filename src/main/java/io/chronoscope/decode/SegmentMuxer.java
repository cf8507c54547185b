package io.chronoscope.decode;

import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.domain.UnreadableMediaException;
import java.nio.ByteBuffer;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;

/// Writes packets of one video stream as a self-contained segment, unchanged except for their
/// timestamps, into the container that [VideoCodec#remux()] names. Decoding times are made from the
/// presentation times ([PacketTimes#decodeTimes]).
final class SegmentMuxer {

  private final AVStream source;
  private final VideoCodec.Remux container;

  /// @throws UnreadableMediaException UNSUPPORTED_CODEC
  SegmentMuxer(AVStream source) throws UnreadableMediaException {
    this.source = source;
    this.container = SupportedCodecs.of(source.codecpar()).remux();
  }

  /// How a segment's time zero is written down.
  enum Layout {
    /// Fragments. Frames before time zero are not shown; the first frame after it follows at once.
    FRAGMENTS,
    /// An index, whose edit list keeps a pause before the first frame.
    INDEX
  }

  /// Whether the container can begin with a pause.
  boolean keepsPause() {
    return container == VideoCodec.Remux.FRAGMENTED_MP4;
  }

  String contentType() {
    return container.contentType();
  }

  /// Writes one segment in fragments.
  ///
  /// @see #write(List, long, Layout)
  ByteBuffer write(List<AVPacket> packets, long zeroTicks) {
    return write(packets, zeroTicks, Layout.FRAGMENTS);
  }

  /// Writes one segment.
  ///
  /// @param packets in decoding order, each with a presentation time; not consumed
  /// @param zeroTicks presentation time that becomes the segment's time zero, in the source's time
  ///   base
  ByteBuffer write(List<AVPacket> packets, long zeroTicks, Layout layout) {
    try (MemoryOutput output = new MemoryOutput(container.muxer())) {
      AVStream stream = streamLike(source, output.context());
      boolean fragments =
          container == VideoCodec.Remux.FRAGMENTED_MP4 && layout == Layout.FRAGMENTS;
      // The header is written once the first packets are known. Its edit list puts the first
      // displayed frame at presentation time zero although decoding starts before it.
      output.begin(fragments ? "frag_keyframe+delay_moov+default_base_moof" : "");
      long[] decodeTimes =
          PacketTimes.decodeTimes(packets.stream().mapToLong(AVPacket::pts).toArray());
      for (int i = 0; i < packets.size(); i++) {
        write(packets.get(i), decodeTimes[i], zeroTicks, source, output.context(), stream);
      }
      return ByteBuffer.wrap(output.finish());
    }
  }

  /// Adds an output stream for the source's packets.
  static AVStream streamLike(AVStream source, AVFormatContext context) {
    AVStream stream = avformat.avformat_new_stream(context, null);
    Ffmpeg.check(
        avcodec.avcodec_parameters_copy(stream.codecpar(), source.codecpar()), "codec parameters");
    stream.codecpar().codec_tag(0); // tags are specific to the source's container
    stream.time_base(source.time_base());
    if (source.sample_aspect_ratio().num() > 0) {
      stream.sample_aspect_ratio(source.sample_aspect_ratio());
      stream.codecpar().sample_aspect_ratio(source.sample_aspect_ratio());
    }
    return stream;
  }

  /// Follows a packet of which something is missing, so that it stays recognizable where the
  /// container cannot mark it: what no encoder writes ([BrokenBytes]).
  private static final byte[] INCOMPLETE = new byte[80];

  static {
    INCOMPLETE[INCOMPLETE.length - 1] = (byte) 0x80;
  }

  /// Writes one packet with its timestamps shifted.
  ///
  /// @param packet not consumed
  /// @param zeroTicks timestamp that becomes time zero
  static void write(
      AVPacket packet,
      long decodeTicks,
      long zeroTicks,
      AVStream source,
      AVFormatContext context,
      AVStream stream) {
    AVPacket shifted = avcodec.av_packet_clone(packet);
    try {
      if ((shifted.flags() & avcodec.AV_PKT_FLAG_CORRUPT) != 0) {
        int size = shifted.size();
        Ffmpeg.check(avcodec.av_grow_packet(shifted, INCOMPLETE.length), "a segment's packet");
        shifted.data().position(size).put(INCOMPLETE);
      }
      shifted.stream_index(0);
      shifted.pos(-1);
      shifted.flags(shifted.flags() & ~avcodec.AV_PKT_FLAG_DISCARD);
      shifted.pts(shifted.pts() - zeroTicks);
      shifted.dts(decodeTicks - zeroTicks);
      avcodec.av_packet_rescale_ts(shifted, source.time_base(), stream.time_base());
      Ffmpeg.check(avformat.av_interleaved_write_frame(context, shifted), "a segment's packet");
    } finally {
      avcodec.av_packet_free(shifted);
    }
  }
}
