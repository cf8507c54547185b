package io.chronoscope.decode.container;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.nio.ByteOrder;

/// A box of an MP4 (ISO/IEC 14496-12 §4.2) and its fields. Offsets of fields count from the end of
/// the header.
///
/// @param bytes the whole file
/// @param at offset of the header
/// @param content offset after the header
/// @param end offset after the box
public record Mp4Box(MemorySegment bytes, String type, long at, long content, long end) {

  public static final int HEADER_BYTES = 8;

  private static final OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /// Reads a box's header. The box may declare to end after `to`.
  ///
  /// @param at at least [#HEADER_BYTES] before `to`
  /// @param to end of the enclosing box or of the file: also the end of a box that declares no size
  /// @throws UnreadableMediaException CORRUPT when the size is shorter than the header or not a
  ///   63-bit number
  public static Mp4Box read(MemorySegment bytes, long at, long to) throws UnreadableMediaException {
    long size = Integer.toUnsignedLong(bytes.get(U32, at));
    String type = ContainerFormat.fourCc(bytes, at + 4);
    long header = HEADER_BYTES;
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
    return new Mp4Box(bytes, type, at, at + header, at + size);
  }

  /// The same box, not longer than what encloses it.
  Mp4Box within(long to) {
    return end <= to ? this : new Mp4Box(bytes, type, at, Math.min(content, to), to);
  }

  long contentBytes() {
    return end - content;
  }

  int version() throws UnreadableMediaException {
    return (int) (u32(0) >>> 24);
  }

  int flags() throws UnreadableMediaException {
    return (int) u32(0) & 0xFFFFFF;
  }

  int u16(long offset) throws UnreadableMediaException {
    requireInside(offset + 2);
    return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, content + offset)) << 8
        | Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, content + offset + 1));
  }

  long u32(long offset) throws UnreadableMediaException {
    requireInside(offset + 4);
    return Integer.toUnsignedLong(bytes.get(U32, content + offset));
  }

  long u64(long offset) throws UnreadableMediaException {
    requireInside(offset + 8);
    return bytes.get(U64, content + offset);
  }

  String fourCc(long offset) throws UnreadableMediaException {
    requireInside(offset + 4);
    return ContainerFormat.fourCc(bytes, content + offset);
  }

  /// A CORRUPT that says what is wrong with this box.
  UnreadableMediaException corrupt(String what) {
    return new UnreadableMediaException(
        Reason.CORRUPT, "box '%s' at byte %d %s".formatted(type, at, what));
  }

  private void requireInside(long offset) throws UnreadableMediaException {
    if (content + offset > end) {
      throw corrupt("is too short: %d bytes".formatted(end - at));
    }
  }
}
