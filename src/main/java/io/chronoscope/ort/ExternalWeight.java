package io.chronoscope.ort;

import java.nio.file.Path;
import java.util.List;

/// A weight that stays in its file; the runtime maps it from there.
///
/// @param name unique in the model
/// @param type how it is stored
/// @param shape its dimensions
/// @param file absolute, symbolic links resolved (the runtime refuses links)
/// @param offsetBytes where its data begins in `file`
public record ExternalWeight(
    String name, ElementType type, List<Long> shape, Path file, long offsetBytes) {

  public ExternalWeight {
    shape = List.copyOf(shape);
    if (!file.isAbsolute()) {
      throw new IllegalArgumentException(name + ": file of a weight is not absolute: " + file);
    }
    if (offsetBytes < 0) {
      throw new IllegalArgumentException(name + ": offset " + offsetBytes);
    }
  }

  public long sizeBytes() {
    return shape.stream().reduce(1L, Math::multiplyExact) * type.bytes();
  }
}
