package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The element structure of Matroska and WebM (RFC 8794, RFC 9559), parsed as far as necessary to
/// check that a file is complete.
final class MatroskaElements {

  private static final long SEGMENT = 0x18538067L;
  private static final long CLUSTER = 0x1F43B675L;

  private MatroskaElements() {}

  /// @throws UnreadableMediaException TRUNCATED when an element of known size ends after the last
  ///   byte
  static void checkComplete(MemorySegment bytes) throws UnreadableMediaException {
    long at = 0;
    long segmentEnd = -1;
    while (at < bytes.byteSize()) {
      int idBytes = vintBytes(bytes, at, 4);
      if (idBytes == 0) {
        return; // not an element; left to the demuxer
      }
      requirePresent(bytes, at, at + idBytes + 1, "an element");
      long id = number(bytes, at, idBytes);
      int sizeBytes = vintBytes(bytes, at + idBytes, 8);
      if (sizeBytes == 0) {
        return;
      }
      String name = "element 0x%X at byte %d".formatted(id, at);
      long content = at + idBytes + sizeBytes;
      requirePresent(bytes, at, content, name);
      long mask = (1L << (7 * sizeBytes)) - 1;
      long size = number(bytes, at + idBytes, sizeBytes) & mask;
      boolean unknownSize = size == mask;
      if (id == SEGMENT && !unknownSize) {
        segmentEnd = content + size;
      }
      if (id == SEGMENT || id == CLUSTER) {
        if (!unknownSize) {
          requirePresent(bytes, at, content + size, name);
        }
        at = content;
      } else if (unknownSize) {
        return;
      } else {
        requirePresent(bytes, at, content + size, name);
        at = content + size;
      }
      if (at == segmentEnd) {
        return; // what follows the segment is not read
      }
    }
  }

  private static void requirePresent(MemorySegment bytes, long at, long end, String name)
      throws UnreadableMediaException {
    if (end > bytes.byteSize()) {
      throw new UnreadableMediaException(
          Reason.TRUNCATED,
          "%s is %d bytes long, only %d are present"
              .formatted(name, end - at, bytes.byteSize() - at));
    }
  }

  /// Length of the variable-size integer at `at`; 0 when there is none of at most `max` bytes.
  private static int vintBytes(MemorySegment bytes, long at, int max) {
    if (at >= bytes.byteSize()) {
      return 0;
    }
    int first = bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    int length = Integer.numberOfLeadingZeros(first) - 24 + 1;
    return length > max ? 0 : length;
  }

  private static long number(MemorySegment bytes, long at, int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | (bytes.get(ValueLayout.JAVA_BYTE, at + i) & 0xff);
    }
    return value;
  }
}
