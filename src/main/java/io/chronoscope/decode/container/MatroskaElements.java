package io.chronoscope.decode.container;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/// The element structure of Matroska and WebM (RFC 8794, RFC 9559), parsed as far as necessary to
/// check that a file is complete, and that its clusters are as they were written.
public final class MatroskaElements {

  private static final ValueLayout.OfInt LITTLE_ENDIAN =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long SEGMENT = 0x18538067L;
  private static final long CLUSTER = 0x1F43B675L;

  private static final long CHECKSUM = 0xBF;
  private static final int CHECKSUM_BYTES = 6;

  private MatroskaElements() {}

  /// Bytes of a file, from the first to the one after the last.
  public record Range(long from, long until) {

    public boolean contains(long position) {
      return from <= position && position < until;
    }
  }

  /// Clusters that state a checksum and do not have it (RFC 8794 §11.3.1). WebM has none.
  public static List<Range> damagedClusters(MemorySegment bytes) {
    List<Range> damaged = new ArrayList<>();
    long at = 0;
    while (at < bytes.byteSize()) {
      int idBytes = vintBytes(bytes, at, 4);
      int sizeBytes = idBytes == 0 ? 0 : vintBytes(bytes, at + idBytes, 8);
      long content = at + idBytes + sizeBytes;
      if (sizeBytes == 0 || content > bytes.byteSize()) {
        break;
      }
      long id = number(bytes, at, idBytes);
      long mask = (1L << (7 * sizeBytes)) - 1;
      long size = number(bytes, at + idBytes, sizeBytes) & mask;
      if (id == SEGMENT) {
        at = content;
      } else if (size == mask || size > bytes.byteSize() - content) {
        break;
      } else {
        if (id == CLUSTER && !hasItsChecksum(bytes.asSlice(content, size))) {
          damaged.add(new Range(at, content + size));
        }
        at = content + size;
      }
    }
    return damaged;
  }

  private static boolean hasItsChecksum(MemorySegment content) {
    boolean stated =
        content.byteSize() > CHECKSUM_BYTES
            && number(content, 0, 2) == (CHECKSUM << 8 | 0x80 | Integer.BYTES);
    if (!stated) {
      return true;
    }
    CRC32 checksum = new CRC32();
    checksum.update(content.asSlice(CHECKSUM_BYTES).asByteBuffer());
    return content.get(LITTLE_ENDIAN, 2) == (int) checksum.getValue();
  }

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
