package io.chronoscope.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/// A weight tensor in a memory-mapped file. Valid until its [Checkpoint] is closed.
public final class Tensor {

  private static final ValueLayout.OfFloat F32 =
      JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort BITS16 =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final DataType type;
  private final long[] shape;
  private final MemorySegment data;
  private final Path file;
  private final long fileOffset;

  Tensor(String name, DataType type, long[] shape, MemorySegment data, Path file, long fileOffset) {
    this.name = name;
    this.type = type;
    this.shape = shape.clone();
    this.data = data;
    this.file = file;
    this.fileOffset = fileOffset;
  }

  /// The published name, whatever the file calls it.
  public String name() {
    return name;
  }

  public DataType type() {
    return type;
  }

  /// The dimensions, copied.
  public long[] shape() {
    return shape.clone();
  }

  public long elements() {
    return data.byteSize() / type.bytes();
  }

  /// Little-endian, row-major, read-only, mapped; not necessarily aligned to the element size.
  public MemorySegment data() {
    return data;
  }

  /// The file that holds the data, symbolic links resolved.
  public Path file() {
    return file;
  }

  /// Offset of the data in [#file()], in bytes.
  public long fileOffset() {
    return fileOffset;
  }

  /// Copies the elements as 32-bit floats, which is exact for every [DataType].
  ///
  /// @throws IllegalStateException when they do not fit into one array
  public float[] toFloats() {
    if (elements() > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException(name + " has " + elements() + " elements");
    }
    float[] floats = new float[(int) elements()];
    copyTo(floats, 0, floats.length);
    return floats;
  }

  /// One element as a 32-bit float.
  float number(long index) {
    return switch (type) {
      case F32 -> data.getAtIndex(F32, index);
      case F16 -> Float.float16ToFloat(data.getAtIndex(BITS16, index));
      case BF16 -> Float.intBitsToFloat(data.getAtIndex(BITS16, index) << 16);
    };
  }

  /// Copies `count` elements from the index `first` on to the start of `floats`, as 32-bit floats.
  public void copyTo(float[] floats, long first, int count) {
    switch (type) {
      case F32 -> MemorySegment.copy(data, F32, first * Float.BYTES, floats, 0, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          floats[i] = Float.float16ToFloat(data.getAtIndex(BITS16, first + i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          floats[i] = Float.intBitsToFloat(data.getAtIndex(BITS16, first + i) << 16);
        }
      }
    }
  }

  @Override
  public String toString() {
    return name + " " + type + Arrays.toString(shape);
  }
}
