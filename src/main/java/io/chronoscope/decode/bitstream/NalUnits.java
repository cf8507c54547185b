package io.chronoscope.decode.bitstream;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the NAL units of an H.264 or HEVC packet, in either of their two formats: each preceded by
/// a start code (ISO/IEC 14496-10 Annex B) or by its length (ISO/IEC 14496-15).
///
/// @param lengthBytes bytes of a length field; 0 for start codes
public record NalUnits(int lengthBytes) {

  private static final int START_CODE_BYTES = 3;

  public static NalUnits ofH264(ByteBuffer extradata) {
    boolean lengths = extradata.remaining() >= 7 && extradata.get(0) == 1;
    return new NalUnits(lengths ? (extradata.get(4) & 3) + 1 : 0);
  }

  public static NalUnits ofHevc(ByteBuffer extradata) {
    boolean lengths =
        extradata.remaining() >= 23
            && (extradata.get(0) != 0 || extradata.get(1) != 0 || extradata.get(2) > 1);
    return new NalUnits(lengths ? (extradata.get(21) & 3) + 1 : 0);
  }

  /// The positions of the units' first bytes; empty when a length points beyond the packet.
  public Optional<List<Integer>> in(ByteBuffer packet) {
    return lengthBytes == 0 ? Optional.of(afterStartCodes(packet)) : afterLengths(packet);
  }

  /// What stands in front of a unit.
  public byte[] prefix(int unitBytes) {
    if (lengthBytes == 0) {
      return new byte[] {0, 0, 0, 1};
    }
    byte[] length = new byte[lengthBytes];
    for (int i = 0; i < lengthBytes; i++) {
      length[i] = (byte) (unitBytes >> 8 * (lengthBytes - 1 - i));
    }
    return length;
  }

  /// Where the unit in front of the one at `start` ends.
  public int endBefore(int start) {
    return start - (lengthBytes == 0 ? START_CODE_BYTES : lengthBytes);
  }

  /// The positions after each start code `00 00 01`, which MPEG-2 and MPEG-4 Part 2 have, too.
  static List<Integer> afterStartCodes(ByteBuffer packet) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i + START_CODE_BYTES < packet.limit(); i++) {
      if (isStartCode(packet, i)) {
        found.add(i + START_CODE_BYTES);
        i += START_CODE_BYTES - 1;
      }
    }
    return found;
  }

  private static boolean isStartCode(ByteBuffer bytes, int at) {
    return bytes.get(at + 2) == 1 && bytes.get(at + 1) == 0 && bytes.get(at) == 0;
  }

  private Optional<List<Integer>> afterLengths(ByteBuffer packet) {
    List<Integer> found = new ArrayList<>();
    int at = 0;
    while (at + lengthBytes < packet.limit()) {
      long length = 0;
      for (int i = 0; i < lengthBytes; i++) {
        length = length << 8 | (packet.get(at + i) & 0xff);
      }
      if (length <= 0 || at + lengthBytes + length > packet.limit()) {
        return Optional.empty();
      }
      found.add(at + lengthBytes);
      at += lengthBytes + (int) length;
    }
    return Optional.of(found);
  }
}
