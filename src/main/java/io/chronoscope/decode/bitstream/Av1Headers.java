package io.chronoscope.decode.bitstream;

import java.nio.ByteBuffer;

/// Reads AV1 packets (temporal units) without decoding them.
final class Av1Headers {

  private static final int SEQUENCE_HEADER = 1;
  private static final int FRAME_HEADER = 3;
  private static final int FRAME = 6;
  private static final int MAX_SIZE_BYTES = 8;

  private Av1Headers() {}

  /// Whether a packet starts with a sequence header and a key frame that is shown, after which
  /// nothing refers to what was before (AV1 specification §5.3, §5.9.2).
  static boolean isKey(ByteBuffer packet) {
    boolean sequence = false;
    int at = 0;
    while (at < packet.limit()) {
      int header = packet.get(at) & 0xff;
      int type = header >> 3 & 15;
      boolean extended = (header & 4) != 0;
      boolean sized = (header & 2) != 0;
      at += extended ? 2 : 1;
      long size = 0;
      if (sized) {
        int bytes = 0;
        boolean more = true;
        while (more && bytes < MAX_SIZE_BYTES && at < packet.limit()) {
          int next = packet.get(at++) & 0xff;
          size |= (long) (next & 0x7f) << (7 * bytes++);
          more = (next & 0x80) != 0;
        }
      }
      if (at >= packet.limit() && type != 2) {
        return false;
      }
      if (type == FRAME_HEADER || type == FRAME) {
        // show_existing_frame 0, frame_type 0 (key), show_frame 1
        return sequence && (packet.get(at) & 0xff) >> 4 == 1;
      }
      sequence |= type == SEQUENCE_HEADER;
      if (!sized || size > packet.limit() - at) {
        return false;
      }
      at += (int) size;
    }
    return false;
  }
}
