package io.chronoscope.ort;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A shared library of Linux (ELF, 64 bits, little-endian), read without loading it.
final class SharedLibrary {

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int ELF_64_LITTLE_ENDIAN = 0x0102;
  private static final int MAGIC = 0x464C457F;

  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int DT_NULL = 0;
  private static final int DT_NEEDED = 1;
  private static final int DT_STRTAB = 5;

  private SharedLibrary() {}

  /// The libraries that `file` needs, by the names under which the loader searches for them.
  ///
  /// @throws OnnxRuntimeException when it is not such a library
  static List<String> needed(Path file) {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      return needed(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException | IndexOutOfBoundsException e) {
      throw new OnnxRuntimeException(file + " is not a readable shared library: " + e, e);
    }
  }

  /// See "Program Loading and Dynamic Linking" of the System V ABI.
  private static List<String> needed(MemorySegment elf) {
    if (elf.get(INT, 0) != MAGIC || elf.get(SHORT, 4) != ELF_64_LITTLE_ENDIAN) {
      throw new IndexOutOfBoundsException("no 64-bit ELF header");
    }
    long headers = elf.get(LONG, 0x20);
    int headerBytes = elf.get(SHORT, 0x36);
    int count = elf.get(SHORT, 0x38);
    List<Long> offsets = new ArrayList<>();
    long strings = 0;
    for (int i = 0; i < count; i++) {
      long header = headers + (long) i * headerBytes;
      if (elf.get(INT, header) != PT_DYNAMIC) {
        continue;
      }
      long at = elf.get(LONG, header + 0x08);
      for (long tag = elf.get(LONG, at); tag != DT_NULL; at += 16, tag = elf.get(LONG, at)) {
        if (tag == DT_NEEDED) {
          offsets.add(elf.get(LONG, at + 8));
        } else if (tag == DT_STRTAB) {
          strings = fileOffset(elf, headers, headerBytes, count, elf.get(LONG, at + 8));
        }
      }
    }
    long table = strings;
    return offsets.stream().map(offset -> elf.getString(table + offset)).toList();
  }

  private static long fileOffset(
      MemorySegment elf, long headers, int headerBytes, int count, long address) {
    for (int i = 0; i < count; i++) {
      long header = headers + (long) i * headerBytes;
      long start = elf.get(LONG, header + 0x10);
      long length = elf.get(LONG, header + 0x20);
      if (elf.get(INT, header) == PT_LOAD && address >= start && address < start + length) {
        return elf.get(LONG, header + 0x08) + address - start;
      }
    }
    throw new IndexOutOfBoundsException("no segment holds the address " + address);
  }
}
