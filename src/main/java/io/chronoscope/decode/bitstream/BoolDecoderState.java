package io.chronoscope.decode.bitstream;

import java.nio.ByteBuffer;

/// FFmpeg's arithmetic decoder of VP8 and VP9 (bool decoder) after a partition or a tile.
///
/// @param bits of the code word that are used up, less than it takes to read on; 0 or more when
///   there is nothing to read
/// @param next address of the next byte to read
/// @param end address after the last byte
/// @param codeWord how far the data lie above the lower end of the interval
public record BoolDecoderState(int bits, long next, long end, int codeWord) {

  private static final int BITS_AT_ONCE = 16;

  /// Bits that may be missing: an encoder need not write zeros at the end.
  private static final int MAX_MISSING_BITS = 8;

  /// Whether the partition was read up to its end. An encoder ends with the lower end of the
  /// interval, so that nothing but zeros is left (RFC 6386 §7.3, and §9.2.3 of VP9's
  /// specification).
  ///
  /// @param packet of which the partition is a part
  /// @param address where the packet begins
  /// @return true as well where the partition is not of this packet
  public boolean isAtEnd(ByteBuffer packet, long address) {
    if (end < address || end > address + packet.limit() || next < address) {
      return true;
    }
    long past = Math.max(0, next - end);
    if (past * Byte.SIZE + bits > MAX_MISSING_BITS && next >= end) {
      return false;
    }
    // What it read beyond the end belongs to the next partition.
    long foreign = Math.max(0, bits + BITS_AT_ONCE) + past * Byte.SIZE;
    if (foreign < Integer.SIZE && codeWord >>> foreign != 0) {
      return false;
    }
    for (long at = next; at < end; at++) {
      if (packet.get((int) (at - address)) != 0) {
        return false;
      }
    }
    return true;
  }
}
