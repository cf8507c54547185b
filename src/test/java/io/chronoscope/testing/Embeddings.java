package io.chronoscope.testing;

import io.chronoscope.vlm.EncodedPair;
import java.nio.FloatBuffer;
import java.util.List;

/// The numbers of encoded frame pairs.
public final class Embeddings {

  private Embeddings() {}

  /// @return `[rows * columns, hidden]`
  public static float[] of(EncodedPair pair) {
    return of(List.of(pair));
  }

  /// Pair after pair.
  public static float[] of(List<EncodedPair> pairs) {
    FloatBuffer all =
        FloatBuffer.allocate(pairs.stream().mapToInt(pair -> pair.embeddings().remaining()).sum());
    pairs.forEach(pair -> all.put(pair.embeddings().duplicate()));
    return all.array();
  }
}
