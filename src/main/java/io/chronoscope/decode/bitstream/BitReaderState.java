package io.chronoscope.decode.bitstream;

import java.nio.ByteBuffer;

/// Where FFmpeg's reader of variable-length codes stands after a picture or slice.
///
/// @param start address of the first byte
/// @param position of the next bit
/// @param size in bits
public record BitReaderState(long start, int position, int size) {

  /// Whether nothing is left (ITU-T H.264 §7.3.4: the slice's data end before its stop bit, which
  /// FFmpeg leaves out of the size).
  public boolean isAtEnd() {
    return position == size;
  }

  /// Whether a picture of MPEG-4 Part 2 ends here (ISO/IEC 14496-2 §5.2.4): a zero bit, and ones up
  /// to the end of the byte; then nothing but zeros, or another start code.
  ///
  /// @param packet the bytes that were read
  public boolean isAtStuffing(ByteBuffer packet) {
    int at = position / Byte.SIZE;
    if (position < 0 || at >= packet.limit()) {
      return false;
    }
    int mask = 0xff >> position % Byte.SIZE;
    if ((packet.get(at) & mask) != mask >> 1) {
      return false;
    }
    int next = at + 1;
    while (next < packet.limit() && packet.get(next) == 0) {
      next++;
    }
    boolean startCode = next < packet.limit() && packet.get(next) == 1 && next >= at + 3;
    return next == packet.limit() || startCode;
  }

  /// Old encoders leave out the stuffing where a picture ends with a byte.
  public boolean endsWithoutStuffing(ByteBuffer packet) {
    return position == packet.limit() * Byte.SIZE;
  }
}
