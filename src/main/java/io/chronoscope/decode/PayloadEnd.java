package io.chronoscope.decode;

import io.chronoscope.decode.bitstream.BitReaderState;
import io.chronoscope.decode.bitstream.BoolDecoderState;
import io.chronoscope.decode.bitstream.CabacState;
import io.chronoscope.decode.bitstream.NalUnits;
import io.chronoscope.decode.bitstream.VideoCodec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/// Whether a decoder stopped reading a packet where the encoder stopped writing it. Behind a
/// changed bit an arithmetic decoder reads other symbols, needs more or fewer bits for them than
/// there are, and says nothing. Where it stands after the last block is all that shows it. Codes of
/// variable length often fall into step again; where they do not, it shows there as well.
///
/// FFmpeg does not tell, so that it is read from the decoder ([DecoderMemory]). Of a picture in
/// several slices only the last one is seen.
sealed interface PayloadEnd {

  enum Ending {
    REACHED,
    MISSED,
    UNTOLD
  }

  /// @param packet was decoded last, and is still as it was
  Ending of(AVCodecContext decoder, AVPacket packet);

  default boolean isMissed(AVCodecContext decoder, AVPacket packet) {
    return of(decoder, packet) == Ending.MISSED;
  }

  /// @param extradata the codec's parameters from the container
  static PayloadEnd of(VideoCodec codec, ByteBuffer extradata) {
    if (!DecoderMemory.isKnown()) {
      return new Untold();
    }
    return switch (codec) {
      case H264 -> new OfSlice(codec, NalUnits.ofH264(extradata));
      case HEVC -> new OfSlice(codec, NalUnits.ofHevc(extradata));
      case VP8, VP9 -> new OfPartitions(codec);
      case MPEG4_PART2 -> new OfStuffing();
      case AV1, MPEG1, MPEG2, MOTION_JPEG -> new Untold();
      case MSMPEG4_V2, MSMPEG4_V3, WMV1, WMV2, WMV3, VC1, H263, SORENSON_H263 -> new Untold();
      case VP6, CINEPAK, DV, RAW, PNG, WEBP, BMP -> new Untold();
    };
  }

  /// Other codecs, or another FFmpeg.
  record Untold() implements PayloadEnd {

    @Override
    public Ending of(AVCodecContext decoder, AVPacket packet) {
      return Ending.UNTOLD;
    }
  }

  /// H.264 and HEVC.
  final class OfSlice implements PayloadEnd {

    private final VideoCodec codec;
    private final NalUnits units;
    private Optional<CabacState> before = Optional.empty();
    private Optional<BitReaderState> bitsBefore = Optional.empty();

    private OfSlice(VideoCodec codec, NalUnits units) {
      this.codec = codec;
      this.units = units;
    }

    @Override
    public Ending of(AVCodecContext decoder, AVPacket packet) {
      Optional<CabacState> state = DecoderMemory.slice(codec, decoder);
      // In a packet that is not decoded, nothing changes.
      boolean changed = !state.equals(before);
      before = state;
      if (state.isPresent() && state.get().end() == 0 && codec == VideoCodec.H264) {
        return withoutCabac(decoder);
      }
      if (state.isEmpty() || state.get().end() == 0 || !changed) {
        return Ending.UNTOLD;
      }
      int last = lastByteOfSlice(Ffmpeg.bytes(packet));
      if (last == 0) {
        return Ending.UNTOLD;
      }
      return state.get().isAtEnd(last) ? Ending.REACHED : Ending.MISSED;
    }

    private Ending withoutCabac(AVCodecContext decoder) {
      Optional<BitReaderState> state = DecoderMemory.sliceBits(decoder);
      boolean changed = !state.equals(bitsBefore);
      bitsBefore = state;
      if (state.isEmpty() || state.get().size() == 0 || !changed) {
        return Ending.UNTOLD;
      }
      return state.get().isAtEnd() ? Ending.REACHED : Ending.MISSED;
    }

    /// The last byte that is not zero of the packet's last slice; 0 without one.
    private int lastByteOfSlice(ByteBuffer packet) {
      List<Integer> starts = units.in(packet).orElse(List.of());
      int end = packet.limit();
      for (int start : starts.reversed()) {
        if (isSlice(packet.get(start))) {
          return lastByte(packet, start, end);
        }
        end = units.endBefore(start);
      }
      return 0;
    }

    private boolean isSlice(int header) {
      return codec == VideoCodec.HEVC
          ? (header >> 1 & 0x3f) < 32
          : (header & 0x1f) == 1 || (header & 0x1f) == 5;
    }

    /// Zeros may follow, in H.264 and HEVC by the two with a 3 after them (cabac_zero_words).
    private static int lastByte(ByteBuffer packet, int start, int end) {
      int last = end - 1;
      while (last > start + 2) {
        boolean escape =
            packet.get(last) == 3 && packet.get(last - 1) == 0 && packet.get(last - 2) == 0;
        if (packet.get(last) != 0 && !escape) {
          break;
        }
        last--;
      }
      return packet.get(last) & 0xff;
    }
  }

  /// MPEG-4 Part 2.
  record OfStuffing() implements PayloadEnd {

    /// A shorter packet holds no picture: the last one is shown again.
    private static final int MIN_BYTES = 16;

    @Override
    public Ending of(AVCodecContext decoder, AVPacket packet) {
      Optional<BitReaderState> state = DecoderMemory.pictureBits(decoder);
      if (state.isEmpty()
          || packet.size() < MIN_BYTES
          || state.get().start() != packet.data().address()
          || state.get().size() != packet.size() * Byte.SIZE) {
        return Ending.UNTOLD; // such as the second of two pictures in one packet
      }
      ByteBuffer bytes = Ffmpeg.bytes(packet);
      if (state.get().isAtStuffing(bytes)) {
        return Ending.REACHED;
      }
      return state.get().endsWithoutStuffing(bytes) ? Ending.UNTOLD : Ending.MISSED;
    }
  }

  /// VP8 and VP9.
  record OfPartitions(VideoCodec codec) implements PayloadEnd {

    @Override
    public Ending of(AVCodecContext decoder, AVPacket packet) {
      ByteBuffer bytes = Ffmpeg.bytes(packet);
      long address = packet.data().address();
      List<BoolDecoderState> states = DecoderMemory.partitions(codec, decoder);
      if (states.isEmpty()) {
        return Ending.UNTOLD;
      }
      boolean reached = states.stream().allMatch(state -> state.isAtEnd(bytes, address));
      return reached ? Ending.REACHED : Ending.MISSED;
    }
  }
}
