package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The box structure of an MP4 (ISO/IEC 14496-12 §4.2), parsed as far as necessary to check that a
/// file is complete and to find the decode time of its first fragment.
final class Mp4Boxes {

  private static final OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final MemorySegment bytes;

  Mp4Boxes(MemorySegment bytes) {
    this.bytes = bytes;
  }

  /// @param at offset of the header
  /// @param content offset after the header
  /// @param end offset after the box; may be beyond the end of the bytes
  private record Box(String type, long at, long content, long end) {}

  /// Checks that all declared boxes and the index are present.
  ///
  /// @return decode time of the first fragment in microseconds; 0 without fragments
  /// @throws UnreadableMediaException TRUNCATED or CORRUPT
  long checkComplete() throws UnreadableMediaException {
    List<Box> top = boxes(0, bytes.byteSize());
    boolean moov = top.stream().anyMatch(box -> box.type.equals("moov"));
    Box last = top.getLast();
    if (last.end > bytes.byteSize()) {
      throw new UnreadableMediaException(
          Reason.TRUNCATED,
          "box '%s' at byte %d declares %d bytes, only %d are present"
              .formatted(last.type, last.at, last.end - last.at, bytes.byteSize() - last.at));
    }
    if (!moov) {
      boolean fragments = top.stream().anyMatch(box -> box.type.equals("moof"));
      throw new UnreadableMediaException(
          Reason.TRUNCATED,
          fragments
              ? "fragments without a 'moov' box: the initialization segment is missing"
              : "no 'moov' box: the index is missing");
    }
    return firstDecodeMicros(top);
  }

  private long firstDecodeMicros(List<Box> top) throws UnreadableMediaException {
    Map<Integer, Long> timescales = new HashMap<>();
    long first = Long.MAX_VALUE;
    for (Box box : top) {
      if (box.type.equals("moov")) {
        for (Box track : children(box, "trak")) {
          readTimescale(track, timescales);
        }
      } else if (box.type.equals("moof")) {
        for (Box track : children(box, "traf")) {
          first = Math.min(first, decodeMicros(track, timescales));
        }
        break;
      }
    }
    return first == Long.MAX_VALUE ? 0 : first;
  }

  private void readTimescale(Box track, Map<Integer, Long> timescales)
      throws UnreadableMediaException {
    for (Box header : children(track, "tkhd")) {
      for (Box media : children(track, "mdia")) {
        for (Box mediaHeader : children(media, "mdhd")) {
          long id = u32(header, version(header) == 1 ? 20 : 12);
          timescales.put((int) id, u32(mediaHeader, version(mediaHeader) == 1 ? 20 : 12));
        }
      }
    }
  }

  private long decodeMicros(Box fragment, Map<Integer, Long> timescales)
      throws UnreadableMediaException {
    for (Box header : children(fragment, "tfhd")) {
      long timescale = timescales.getOrDefault((int) u32(header, 4), 0L);
      for (Box time : children(fragment, "tfdt")) {
        long ticks = version(time) == 1 ? u64(time, 4) : u32(time, 4);
        if (timescale > 0 && ticks >= 0) {
          return Math.round(ticks * (1e6 / timescale));
        }
      }
    }
    return Long.MAX_VALUE;
  }

  private List<Box> children(Box parent, String type) throws UnreadableMediaException {
    return boxes(parent.content, Math.min(parent.end, bytes.byteSize())).stream()
        .filter(box -> box.type.equals(type))
        .toList();
  }

  private List<Box> boxes(long from, long to) throws UnreadableMediaException {
    List<Box> boxes = new ArrayList<>();
    long at = from;
    while (at < to) {
      if (to - at < 8) {
        boxes.add(new Box("?", at, at, at + 8));
        break;
      }
      long size = Integer.toUnsignedLong(bytes.get(U32, at));
      String type = ContainerFormat.fourCc(bytes, at + 4);
      long header = 8;
      if (size == 1 && to - at >= 16) {
        size = bytes.get(U64, at + 8);
        header = 16;
      } else if (size == 0) {
        size = to - at;
      }
      if (size < header || size > Long.MAX_VALUE - at) {
        throw new UnreadableMediaException(
            Reason.CORRUPT, "box '%s' at byte %d declares %d bytes".formatted(type, at, size));
      }
      boxes.add(new Box(type, at, at + header, at + size));
      at += size;
    }
    return boxes;
  }

  private int version(Box box) throws UnreadableMediaException {
    return (int) (u32(box, 0) >>> 24);
  }

  private long u32(Box box, long offset) throws UnreadableMediaException {
    requireInside(box, offset + 4);
    return Integer.toUnsignedLong(bytes.get(U32, box.content + offset));
  }

  private long u64(Box box, long offset) throws UnreadableMediaException {
    requireInside(box, offset + 8);
    return bytes.get(U64, box.content + offset);
  }

  private void requireInside(Box box, long offset) throws UnreadableMediaException {
    if (box.content + offset > Math.min(box.end, bytes.byteSize())) {
      throw new UnreadableMediaException(
          Reason.CORRUPT,
          "box '%s' at byte %d is too short: %d bytes"
              .formatted(box.type, box.at, box.end - box.at));
    }
  }
}
