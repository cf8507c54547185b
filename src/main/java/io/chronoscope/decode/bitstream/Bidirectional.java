package io.chronoscope.decode.bitstream;

import java.nio.ByteBuffer;
import java.util.List;

/// Whether a packet has a picture that is predicted from later ones, so that it is decoded after
/// them.
public final class Bidirectional {

  private static final int H264_SLICE = 1;
  private static final int H264_B = 1;
  private static final int MPEG2_PICTURE = 0x00;
  private static final int MPEG2_B = 3;
  private static final int MPEG4_PICTURE = 0xb6;
  private static final int MPEG4_B = 2;

  private Bidirectional() {}

  /// ITU-T H.264 §7.3.3: a slice begins with `first_mb_in_slice` and `slice_type`, both ue(v).
  public static boolean inH264(ByteBuffer packet, NalUnits units) {
    return units.in(packet).orElse(List.of()).stream()
        .filter(at -> (packet.get(at) & 0x1f) == H264_SLICE)
        .anyMatch(at -> {
          BitReader bits = new BitReader(packet, 8L * (at + 1));
          var unused = bits.exponentialGolomb();
          return bits.exponentialGolomb() % 5 == H264_B;
        });
  }

  /// ISO/IEC 13818-2 §6.2.3.
  public static boolean inMpeg2(ByteBuffer packet) {
    return NalUnits.afterStartCodes(packet).stream()
        .anyMatch(at ->
            (packet.get(at) & 0xff) == MPEG2_PICTURE
                && at + 2 < packet.limit()
                && (packet.get(at + 2) >> 3 & 7) == MPEG2_B);
  }

  /// ISO/IEC 14496-2 §6.2.5.
  public static boolean inMpeg4(ByteBuffer packet) {
    return NalUnits.afterStartCodes(packet).stream()
        .anyMatch(at ->
            (packet.get(at) & 0xff) == MPEG4_PICTURE
                && at + 1 < packet.limit()
                && (packet.get(at + 1) & 0xff) >> 6 == MPEG4_B);
  }
}
