package io.chronoscope.ort;

/// A tensor that a [Graph] computes or is given.
///
/// @param name unique in the model
/// @param type its elements
public record Value(String name, ElementType type) {

  /// Stands for an optional input that is left out.
  public static final Value NONE = new Value("", ElementType.FLOAT32);
}
