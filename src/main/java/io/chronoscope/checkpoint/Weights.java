package io.chronoscope.checkpoint;

import java.util.Map;
import java.util.Set;

/// All weight tensors of a checkpoint under their published names: `visual.*`, `model.*` and, where
/// the embeddings are not tied, `lm_head.weight`.
public final class Weights {

  private final Map<String, Tensor> tensors;

  Weights(Map<String, Tensor> tensors) {
    this.tensors = tensors;
  }

  /// @throws IllegalArgumentException when no checkpoint of this configuration has such a tensor
  public Tensor get(String publishedName) {
    Tensor tensor = tensors.get(publishedName);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + publishedName);
    }
    return tensor;
  }

  /// The published names, in the order of the architecture.
  public Set<String> names() {
    return tensors.keySet();
  }
}
