package io.chronoscope.qwen.weights;

import io.chronoscope.ort.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// A tensor that is computed from a checkpoint's weights and kept in a file of
/// [DerivedWeightsCache].
///
/// @param name unique in the file
/// @param shape row-major
/// @param content writes all of its bytes, little-endian
record DerivedTensor(String name, ElementType type, List<Long> shape, Content content) {

  DerivedTensor {
    shape = List.copyOf(shape);
  }

  /// Computes a tensor piece by piece, so that a matrix of any size takes little memory.
  interface Content {
    void writeTo(Sink sink) throws IOException;
  }

  /// Takes the next bytes of a tensor.
  interface Sink {
    void write(ByteBuffer bytes) throws IOException;
  }

  long sizeBytes() {
    return shape.stream().reduce(1L, Math::multiplyExact) * type.bytes();
  }
}
