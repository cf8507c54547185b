package io.chronoscope.ort;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A weight that stays in its file, from which the runtime maps it.
///
/// @param name unique in the model
/// @param type element type as stored
/// @param file absolute, with symbolic links resolved (the runtime rejects links)
/// @param offsetBytes offset of its data in `file`
/// @param mapping the same data where the program has mapped it, which a session on the CPU then
///   shares: it must stay mapped until the session is closed. Pages may be unloaded at any time.
public record ExternalWeight(
    String name,
    ElementType type,
    List<Long> shape,
    Path file,
    long offsetBytes,
    Optional<MemorySegment> mapping) {

  /// A weight that the runtime maps itself.
  public ExternalWeight(
      String name, ElementType type, List<Long> shape, Path file, long offsetBytes) {
    this(name, type, shape, file, offsetBytes, Optional.empty());
  }

  public ExternalWeight {
    shape = List.copyOf(shape);
    if (!file.isAbsolute()) {
      throw new IllegalArgumentException(
          name + ": the file of a weight must be an absolute path: " + file);
    }
    if (offsetBytes < 0) {
      throw new IllegalArgumentException(
          name + ": the offset of a weight must not be negative: " + offsetBytes);
    }
  }

  long sizeBytes() {
    return shape.stream().reduce(1L, Math::multiplyExact) * type.bytes();
  }
}
