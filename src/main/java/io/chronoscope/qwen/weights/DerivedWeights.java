package io.chronoscope.qwen.weights;

import io.chronoscope.ort.ExternalWeight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/// The tensors of one file of [DerivedWeightsCache], mapped until they are closed. Sessions that
/// read them must be closed before.
final class DerivedWeights implements AutoCloseable {

  private final Map<String, ExternalWeight> tensors;
  private final MemorySegment file;
  private final Arena arena;

  /// @param file the mapping of the whole file
  /// @param arena owns the mapping; closed with this object
  DerivedWeights(Map<String, ExternalWeight> tensors, MemorySegment file, Arena arena) {
    this.tensors = Map.copyOf(tensors);
    this.file = file;
    this.arena = arena;
  }

  /// @throws IllegalArgumentException when the file has no such tensor
  ExternalWeight get(String name) {
    ExternalWeight tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no derived tensor " + name);
    }
    return tensor;
  }

  boolean has(String name) {
    return tensors.containsKey(name);
  }

  /// Takes the file's pages out of this process's resident memory. Whatever is read afterwards
  /// comes back from the operating system's file cache.
  void unload() {
    file.unload();
  }

  /// Unmaps the file. Idempotent.
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
