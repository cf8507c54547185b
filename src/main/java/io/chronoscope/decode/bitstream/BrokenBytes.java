package io.chronoscope.decode.bitstream;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/// Whether a packet's bytes show that they are damaged, without decoding: what no encoder writes.
/// Decoders of some codecs take such bytes for pictures without an error.
public sealed interface BrokenBytes {

  /// @param packet read from position 0 to its limit
  boolean in(ByteBuffer packet);

  /// @param extradata the codec's parameters from the container
  static BrokenBytes of(VideoCodec codec, ByteBuffer extradata) {
    return switch (codec) {
      case H264 -> new InNalUnits(NalUnits.ofH264(extradata));
      case HEVC -> new InNalUnits(NalUnits.ofHevc(extradata));
      case VP8, VP9, AV1, MOTION_JPEG -> new Zeros();
      case MPEG1, MPEG2 -> new BetweenStartCodes(0x00, BetweenStartCodes.OF_MPEG2);
      case MPEG4_PART2 -> new BetweenStartCodes(0xb6, BetweenStartCodes.OF_MPEG4);
      case MSMPEG4_V2,
          MSMPEG4_V3,
          WMV1,
          WMV2,
          WMV3,
          VC1,
          H263,
          SORENSON_H263,
          VP6,
          CINEPAK,
          DV,
          RAW,
          PNG,
          WEBP,
          BMP ->
          new Anything();
    };
  }

  /// Compressed data have no long runs of zeros: each zero bit of an arithmetic coder's output
  /// costs the most probable of choices, again and again.
  record Zeros() implements BrokenBytes {

    private static final int MAX_ZEROS = 64;

    @Override
    public boolean in(ByteBuffer packet) {
      int zeros = 0;
      for (int i = 0; i < packet.limit(); i++) {
        zeros = packet.get(i) == 0 ? zeros + 1 : 0;
        if (zeros > MAX_ZEROS) {
          return true;
        }
      }
      return false;
    }
  }

  /// Within a NAL unit, two zero bytes are followed by a byte above 3, or by 3 and then a byte up
  /// to 3 (ITU-T H.264 and H.265 §7.4.2, emulation prevention).
  record InNalUnits(NalUnits units) implements BrokenBytes {

    /// Zero bytes at the end of a unit: phones pad units to a multiple of 16 bytes.
    private static final int MAX_TRAILING_ZEROS = 64;

    @Override
    public boolean in(ByteBuffer packet) {
      if (units.lengthBytes() == 0) {
        return isBroken(packet, 0, packet.limit());
      }
      Optional<List<Integer>> starts = units.in(packet);
      if (starts.isEmpty()) {
        return true; // a length points beyond the packet
      }
      List<Integer> found = starts.get();
      for (int i = 0; i < found.size(); i++) {
        int end = i + 1 < found.size() ? units.endBefore(found.get(i + 1)) : packet.limit();
        if (isBroken(packet, found.get(i), end)) {
          return true;
        }
      }
      return false;
    }

    private boolean isBroken(ByteBuffer bytes, int from, int end) {
      int at = from;
      while (at + 2 < end) {
        if (bytes.get(at + 1) != 0) {
          at += 2;
        } else if (bytes.get(at) != 0) {
          at++;
        } else {
          int next = nonZero(bytes, at + 2, end);
          if (next == end) {
            return end - at > MAX_TRAILING_ZEROS;
          }
          int value = bytes.get(next) & 0xff;
          boolean startCode = value == 1 && units.lengthBytes() == 0;
          boolean escape =
              value == 3
                  && next == at + 2
                  && (next + 1 == end || (bytes.get(next + 1) & 0xff) <= 3);
          if (!startCode && !escape && (value <= 3 || next > at + 2)) {
            return true;
          }
          at = next + 1;
        }
      }
      return false;
    }

    private static int nonZero(ByteBuffer bytes, int from, int end) {
      int at = from;
      while (at < end && bytes.get(at) == 0) {
        at++;
      }
      return at;
    }
  }

  /// A codec of which any bytes may be right; the decoder says what is not.
  record Anything() implements BrokenBytes {

    @Override
    public boolean in(ByteBuffer packet) {
      return false;
    }
  }

  /// Three zero bytes are followed by further ones and a start code, or by nothing (ISO/IEC 13818-2
  /// and 14496-2: no code has 23 zero bits, so that a start code is unique). A packet has a
  /// picture.
  ///
  /// @param picture start code of a picture
  /// @param reserved start codes that no encoder writes
  record BetweenStartCodes(int picture, IntPredicate reserved) implements BrokenBytes {

    /// ISO/IEC 13818-2 table 6-1. From B9 on they are those of the stream around it.
    static final IntPredicate OF_MPEG2 = code -> code == 0xb0 || code == 0xb1 || code == 0xb6;

    /// ISO/IEC 14496-2 table 6-3.
    static final IntPredicate OF_MPEG4 =
        code -> code >= 0x30 && code < 0xb0 || code == 0xb4 || code == 0xb7 || code > 0xc5;

    private static final int START_CODE_ZEROS = 2;

    /// Some files repeat a picture by a few bytes.
    private static final int MIN_BYTES = 16;

    @Override
    public boolean in(ByteBuffer packet) {
      int zeros = 0;
      boolean pictures = packet.limit() < MIN_BYTES;
      for (int i = 0; i < packet.limit(); i++) {
        int value = packet.get(i);
        if (zeros > START_CODE_ZEROS && value != 0 && value != 1) {
          return true;
        }
        boolean startCode = zeros >= START_CODE_ZEROS && value == 1 && i + 1 < packet.limit();
        if (startCode) {
          int code = packet.get(i + 1) & 0xff;
          if (reserved.test(code)) {
            return true;
          }
          pictures |= code == picture;
        }
        zeros = value == 0 ? zeros + 1 : 0;
      }
      return !pictures;
    }
  }
}
