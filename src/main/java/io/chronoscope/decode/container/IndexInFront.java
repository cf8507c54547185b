package io.chronoscope.decode.container;

import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Puts the index of an MP4 in front of its media, so that a player can start before it has all of
/// it: what FFmpeg's `faststart` does, which needs a file to read again. The index states where
/// each chunk of media begins in the file (`stco`, `co64`: ISO/IEC 14496-12 §8.7.5), and moves by
/// its own size.
public final class IndexInFront {

  private static final Set<String> PARENTS = Set.of("moov", "trak", "mdia", "minf", "stbl");
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private IndexInFront() {}

  /// @param mp4 as FFmpeg writes it, with the index behind the media; changed
  /// @return slices of it, in their new order
  public static List<MemorySegment> of(MemorySegment mp4) throws UnreadableMediaException {
    Mp4Box first = Mp4Box.read(mp4, 0, mp4.byteSize());
    Mp4Box index = first;
    while (!index.type().equals("moov")) {
      if (index.end() + Mp4Box.HEADER_BYTES > mp4.byteSize()) {
        throw new IllegalStateException("FFmpeg wrote an MP4 without an index");
      }
      index = Mp4Box.read(mp4, index.end(), mp4.byteSize());
    }
    move(index, index.end() - index.at());
    List<MemorySegment> parts = new ArrayList<>();
    parts.add(mp4.asSlice(0, first.end()));
    parts.add(mp4.asSlice(index.at(), index.end() - index.at()));
    parts.add(mp4.asSlice(first.end(), index.at() - first.end()));
    return parts;
  }

  private static void move(Mp4Box parent, long by) throws UnreadableMediaException {
    MemorySegment bytes = parent.bytes();
    for (long at = parent.content(); at + Mp4Box.HEADER_BYTES <= parent.end(); ) {
      Mp4Box box = Mp4Box.read(bytes, at, parent.end()).within(parent.end());
      if (PARENTS.contains(box.type())) {
        move(box, by);
      } else if (box.type().equals("stco")) {
        for (long i = 0; i < box.u32(4); i++) {
          long moved = Math.addExact(box.u32(8 + 4 * i), by);
          if (moved >>> 32 != 0) {
            throw new IllegalStateException("a clip of more than 4 GB");
          }
          bytes.set(U32, box.content() + 8 + 4 * i, (int) moved);
        }
      } else if (box.type().equals("co64")) {
        for (long i = 0; i < box.u32(4); i++) {
          bytes.set(U64, box.content() + 8 + 8 * i, box.u64(8 + 8 * i) + by);
        }
      }
      at = box.end();
    }
  }
}
