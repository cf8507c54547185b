package io.chronoscope.decode.bitstream;

/// FFmpeg's arithmetic decoder of H.264 and HEVC (CABAC) after a slice.
///
/// @param low what it has read ahead, above a one that marks how much of that is used up
/// @param range width of the interval, from 256 on, with [#LOW_BITS] fewer bits than `low`
/// @param start address of the first byte
/// @param next address of the next byte to read
/// @param end address after the last byte
public record CabacState(int low, int range, long start, long next, long end) {

  private static final int LOW_BITS = 17;
  private static final int BITS_AT_ONCE = 16;
  private static final int LONE_STOP_BIT = 0x80;

  /// Whether the slice was read up to its last bit (ITU-T H.264 and H.265 §9.3.1.2): the last
  /// symbol said that the slice ends, and the last bit read for it is the one that ends the data.
  ///
  /// @param lastByte the slice's last byte that is not zero; its last one bit ends the data
  public boolean isAtEnd(int lastByte) {
    boolean ends = Integer.compareUnsigned(low, range << LOW_BITS) >= 0;
    if (!ends || next < end) {
      return false;
    }
    int used = Integer.numberOfTrailingZeros(low);
    int position = (int) (next - end) * Byte.SIZE - (BITS_AT_ONCE - used);
    if (lastByte == LONE_STOP_BIT) {
      return isSame(position, 1); // FFmpeg leaves such a byte out
    }
    // x264 sets the very last bit of a byte at will.
    return isSame(position, -Integer.numberOfTrailingZeros(lastByte))
        || isSame(position, -Integer.numberOfTrailingZeros(lastByte & ~1));
  }

  /// The address of the next byte stays where it is once it is at the end.
  private static boolean isSame(int position, int expected) {
    return Math.floorMod(position - expected, BITS_AT_ONCE) == 0;
  }
}
