package io.chronoscope.testing;

import java.io.ByteArrayOutputStream;
import java.util.function.IntPredicate;

/// Edits to MPEG transport streams that no muxer can make.
public final class TransportStream {

  private static final int PACKET = 188;

  /// Timestamps have 33 bits at 90 kHz.
  public static final long WRAPS_AT_TICKS = 1L << 33;

  private TransportStream() {}

  /// Concatenates two streams, like a recorder that is restarted.
  public static byte[] joined(byte[]... streams) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] stream : streams) {
      all.writeBytes(stream);
    }
    return all.toByteArray();
  }

  /// Removes the timestamps of some pictures (ISO/IEC 13818-1 §2.4.3.6).
  ///
  /// @param keep which pictures retain theirs, by number in decoding order
  public static byte[] withoutTimes(byte[] stream, IntPredicate keep) {
    byte[] changed = stream.clone();
    int picture = 0;
    for (int at = 0; at + PACKET <= changed.length; at += PACKET) {
      boolean begins = (changed[at + 1] & 0x40) != 0;
      boolean adapted = (changed[at + 3] & 0x20) != 0;
      int pes = at + 4 + (adapted ? 1 + (changed[at + 4] & 0xff) : 0);
      if (begins && pes + 9 < at + PACKET && isVideo(changed, pes)) {
        if (!keep.test(picture++)) {
          changed[pes + 7] &= 0x3f; // neither PTS nor DTS
          int header = changed[pes + 8] & 0xff;
          java.util.Arrays.fill(changed, pes + 9, pes + 9 + header, (byte) 0xff);
        }
      }
    }
    return changed;
  }

  private static boolean isVideo(byte[] bytes, int pes) {
    return bytes[pes] == 0
        && bytes[pes + 1] == 0
        && bytes[pes + 2] == 1
        && (bytes[pes + 3] & 0xf0) == 0xe0;
  }
}
