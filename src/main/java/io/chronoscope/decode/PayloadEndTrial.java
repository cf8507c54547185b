package io.chronoscope.decode;

import io.chronoscope.decode.PayloadEnd.Ending;
import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.domain.UnreadableMediaException;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/// Whether the slices of a stream end as the standards say. An encoder that ends all of them
/// otherwise is no damage: its first packets are decoded, and if not one of them is read to its
/// end, [PayloadEnd] has nothing to say about this stream. The stuffing of MPEG-4 is met by chance
/// too often for that: there nearly all have to end with it.
///
/// Only done when the first end is missed, so that intact streams pay nothing. Slices of H.264 and
/// HEVC and pictures of MPEG-4 are read independently of the pictures before them; damage does not
/// spread to their ends. That of VP8 and VP9 does, and there the trial is not done.
final class PayloadEndTrial {

  private static final int MAX_PACKETS = 12;

  /// Fewer may all be damaged.
  private static final int MIN_PACKETS = 3;

  /// As many pictures end with stuffing as this for each that does not, if an encoder writes any.
  private static final int STUFFED_FOR_EACH_OTHER = 3;

  private PayloadEndTrial() {}

  /// @param source its next packet stays the same
  static boolean endsAsStandardized(VideoPackets source, DecoderFactory decoders)
      throws UnreadableMediaException {
    VideoCodec codec = SupportedCodecs.of(source.input().stream().codecpar());
    boolean stuffed = codec == VideoCodec.MPEG4_PART2;
    boolean independent = stuffed || codec == VideoCodec.H264 || codec == VideoCodec.HEVC;
    if (!independent || !source.inMemory()) {
      return true;
    }
    PayloadEnd end = PayloadEnd.of(codec, source.input().extradata());
    AVCodecContext decoder = decoders.open(source.input().stream());
    AVFrame frame = avutil.av_frame_alloc();
    try {
      int missed = 0;
      int reached = 0;
      for (int i = 0; i < Math.min(source.size(), MAX_PACKETS); i++) {
        AVPacket packet = source.get(i);
        Ffmpeg.requireMemory(avcodec.avcodec_send_packet(decoder, packet));
        while (avcodec.avcodec_receive_frame(decoder, frame) >= 0) {
          avutil.av_frame_unref(frame);
        }
        Ending ending = end.of(decoder, packet);
        if (ending == Ending.REACHED && !stuffed) {
          return true;
        }
        missed += ending == Ending.MISSED ? 1 : 0;
        reached += ending == Ending.REACHED ? 1 : 0;
      }
      return missed < MIN_PACKETS || missed * STUFFED_FOR_EACH_OTHER <= reached;
    } finally {
      avutil.av_frame_free(frame);
      avcodec.avcodec_free_context(decoder);
    }
  }
}
