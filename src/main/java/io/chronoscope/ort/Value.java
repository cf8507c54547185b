package io.chronoscope.ort;

/// A tensor that a [Graph] computes or receives as input.
///
/// @param name unique in the model
/// @param type of its elements
public record Value(String name, ElementType type) {}
