package io.chronoscope.ort;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// A weight in memory that the program has mapped. The runtime reads it in place, so it must stay
/// mapped until the session is closed.
///
/// @param name unique in the model
/// @param type element type as stored
/// @param data row-major, in native byte order, outside the heap
public record MappedWeight(String name, ElementType type, List<Long> shape, MemorySegment data) {

  public MappedWeight {
    shape = List.copyOf(shape);
    long bytes = shape.stream().reduce(1L, Math::multiplyExact) * type.bytes();
    if (data.byteSize() != bytes || !data.isNative()) {
      throw new IllegalArgumentException(
          "%s: %d bytes of native memory expected, but got %d"
              .formatted(name, bytes, data.byteSize()));
    }
  }
}
