package io.chronoscope.ort;

import java.nio.file.Path;
import java.util.List;

/// A weight that stays in its file, from which the runtime maps it.
///
/// @param name unique in the model
/// @param type element type as stored
/// @param file absolute, with symbolic links resolved (the runtime rejects links)
/// @param offsetBytes offset of its data in `file`
public record ExternalWeight(
    String name, ElementType type, List<Long> shape, Path file, long offsetBytes) {

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
