package io.chronoscope.decode.bitstream;

import java.nio.ByteBuffer;

/// Reads numbers of a packet bit by bit; zeros after the end.
final class BitReader {

  private static final int MAX_LEADING_ZEROS = 31;

  private final ByteBuffer bytes;
  private long at;

  /// @param at position of the first bit
  BitReader(ByteBuffer bytes, long at) {
    this.bytes = bytes;
    this.at = at;
  }

  private int next() {
    int index = (int) (at >> 3);
    int bit = index < bytes.limit() ? bytes.get(index) >> (7 - (int) (at & 7)) & 1 : 0;
    at++;
    return bit;
  }

  /// A number of variable length, ue(v) in ITU-T H.264 §9.1 and H.265 §9.2. One of more than 31
  /// leading zeros is no number; it reads as at least 2³¹ - 1.
  long exponentialGolomb() {
    int zeros = 0;
    while (zeros < MAX_LEADING_ZEROS && next() == 0) {
      zeros++;
    }
    long value = 1;
    for (int i = 0; i < zeros; i++) {
      value = value << 1 | next();
    }
    return value - 1;
  }
}
