package io.chronoscope.decode;

import io.chronoscope.decode.bitstream.Bidirectional;
import io.chronoscope.decode.bitstream.NalUnits;
import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.domain.UnreadableMediaException;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// Finds the times of packets that state none in a video whose frames are presented in another
/// order than decoded: decodes it once to learn that order. The decoder passes a packet's timestamp
/// on to its frame, so each packet gets its own number for one.
final class PresentationOrder {

  private final PacketTimes times;
  private final AVFrame frame = avutil.av_frame_alloc();
  private int[] order;
  private int frames;

  private PresentationOrder(PacketTimes times) {
    this.times = times;
    this.order = new int[times.size()];
  }

  /// Whether packets say, or may say, that frames are presented in another order than decoded.
  static boolean mayDiffer(VideoPackets packets) throws UnreadableMediaException {
    VideoInput input = packets.input();
    VideoCodec codec = SupportedCodecs.of(input.stream().codecpar());
    if (!packets.inMemory()) {
      return true;
    }
    NalUnits units = NalUnits.ofH264(input.extradata());
    return IntStream.range(0, packets.size())
        .mapToObj(packet -> Ffmpeg.bytes(packets.get(packet)))
        .anyMatch(bytes ->
            switch (codec) {
              case H264 -> Bidirectional.inH264(bytes, units);
              case MPEG2, MPEG1 -> Bidirectional.inMpeg2(bytes);
              case MPEG4_PART2 -> Bidirectional.inMpeg4(bytes);
              default -> true;
            });
  }

  /// Completes `times` as far as something implies them: the neighbors in presentation order, the
  /// decoding times, or the frame rate that the codec states.
  ///
  /// @param fps frame rate; empty for the one that the codec states
  static void complete(
      VideoPackets packets, PacketTimes times, DecodeLimits limits, OptionalDouble fps)
      throws UnreadableMediaException {
    PresentationOrder found = new PresentationOrder(times);
    AVCodecContext decoder =
        new DecoderFactory(limits, DecoderOptions.EXACT).open(packets.input().stream());
    try {
      found.decode(packets, decoder);
      times.interpolateInOrder(
          Arrays.copyOf(found.order, found.frames),
          Ffmpeg.ticks(
              fps.isPresent()
                  ? Math.round(1e6 / fps.getAsDouble())
                  : DecodeLoop.frameMicros(decoder.framerate()),
              packets.input().timeBase()));
    } finally {
      avcodec.avcodec_free_context(decoder);
      avutil.av_frame_free(found.frame);
      packets.rewind();
    }
  }

  private void decode(VideoPackets packets, AVCodecContext decoder) {
    for (int number = 0; number < times.size(); number++) {
      AVPacket packet = packets.next();
      if (packet == null) {
        break;
      }
      packet.pts(number);
      packet.dts(PacketTimes.NONE);
      feed(decoder, packet);
    }
    feed(decoder, null);
  }

  private void feed(AVCodecContext decoder, @Nullable AVPacket packet) {
    avcodec.avcodec_send_packet(decoder, packet);
    while (avcodec.avcodec_receive_frame(decoder, frame) >= 0) {
      long number = frame.pts();
      avutil.av_frame_unref(frame);
      if (number >= 0 && number < times.size() && frames < order.length) {
        order[frames++] = (int) number;
      }
    }
  }
}
