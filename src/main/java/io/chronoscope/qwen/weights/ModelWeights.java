package io.chronoscope.qwen.weights;

import io.chronoscope.checkpoint.Weights;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.ort.ExternalWeight;
import io.chronoscope.ort.Ops;
import java.util.Optional;

/// A checkpoint's weights in the formats in which the graphs use them. Owns the files with copies
/// in other formats, until it is closed; sessions that read them must be closed before.
public final class ModelWeights implements AutoCloseable {

  private final Weights stored;
  private final Optional<Int8Matrices> int8;
  private final Optional<Int4Matrices> int4;
  private final Ops.BlockAccuracy int4Accuracy;

  private ModelWeights(
      Weights stored,
      Optional<Int8Matrices> int8,
      Optional<Int4Matrices> int4,
      Ops.BlockAccuracy int4Accuracy) {
    this.stored = stored;
    this.int8 = int8;
    this.int4 = int4;
    this.int4Accuracy = int4Accuracy;
  }

  /// The weights as published, computed in the graph's type.
  ///
  /// @param cache holds matrices that are published in four bits, in the runtime's layout
  /// @throws io.chronoscope.checkpoint.CheckpointException when the cache cannot be written, as in
  ///   the methods below
  public static ModelWeights asStored(DerivedWeightsCache cache, ModelRef model, Weights weights) {
    return new ModelWeights(
        weights,
        Optional.empty(),
        weights.hasPacked()
            ? Optional.of(Int4Matrices.open(cache, model, weights))
            : Optional.empty(),
        Ops.BlockAccuracy.AS_COMPUTED);
  }

  /// The weights of a checkpoint without packed matrices, as published.
  public static ModelWeights asStored(Weights weights) {
    if (weights.hasPacked()) {
      throw new IllegalArgumentException("packed matrices need a cache");
    }
    return new ModelWeights(
        weights, Optional.empty(), Optional.empty(), Ops.BlockAccuracy.AS_COMPUTED);
  }

  /// The weights with INT8 copies of all matrices.
  public static ModelWeights int8(DerivedWeightsCache cache, ModelRef model, Weights weights) {
    return new ModelWeights(
        weights,
        Optional.of(Int8Matrices.open(cache, model, weights, Int8Matrices.Scope.ALL)),
        Optional.empty(),
        Ops.BlockAccuracy.INT8);
  }

  /// The weights with the decoder's layers in four bits and INT8 copies of the other matrices.
  /// Where the checkpoint is not published in four bits, prompts use INT8 copies of those layers,
  /// too.
  public static ModelWeights int4(DerivedWeightsCache cache, ModelRef model, Weights weights) {
    Int8Matrices int8 =
        Int8Matrices.open(
            cache,
            model,
            weights,
            weights.hasPacked() ? Int8Matrices.Scope.BESIDE_PACKED : Int8Matrices.Scope.ALL);
    try {
      return new ModelWeights(
          weights,
          Optional.of(int8),
          Optional.of(Int4Matrices.open(cache, model, weights)),
          Ops.BlockAccuracy.INT8);
    } catch (RuntimeException e) {
      int8.close();
      throw e;
    }
  }

  Weights stored() {
    return stored;
  }

  Optional<Int8Matrices.Matrix> int8(String publishedName) {
    return int8.flatMap(matrices -> matrices.get(publishedName));
  }

  Optional<ExternalWeight> table(String publishedName) {
    return int8.flatMap(matrices -> matrices.table(publishedName));
  }

  Optional<Int4Matrices.Matrix> int4(String publishedName) {
    return int4.flatMap(matrices -> matrices.get(publishedName));
  }

  /// Precision of 4-bit products.
  Ops.BlockAccuracy int4Accuracy() {
    return int4Accuracy;
  }

  /// Whether all matrices are in INT8.
  public boolean areAllInt8() {
    return int8.isPresent() && int4.isEmpty();
  }

  /// Whether single tokens are multiplied by other matrices than several tokens of a sequence are
  /// ([LinearWeight.ByLength]), so that what a token yields depends on how many are computed with
  /// it.
  public boolean dependOnLength() {
    return stored.names().stream()
        .anyMatch(name -> int8(name).isPresent() && int4(name).isPresent());
  }

  /// Whether any matrix is used in another format than the stored one.
  public boolean isDerived() {
    return int8.isPresent() || int4.isPresent();
  }

  /// Takes pages of mapped files out of this process's resident memory: what sessions have packed
  /// or converted is read no more. The rest comes back from the operating system's file cache.
  public void unload() {
    stored.unload();
    int8.ifPresent(Int8Matrices::unload);
    int4.ifPresent(Int4Matrices::unload);
  }

  @Override
  public void close() {
    int8.ifPresent(Int8Matrices::close);
    int4.ifPresent(Int4Matrices::close);
  }
}
