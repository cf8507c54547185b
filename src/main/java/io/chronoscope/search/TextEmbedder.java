package io.chronoscope.search;

import java.util.List;

/// Turns texts into vectors of length 1; texts that mean the same lie close together. Thread-safe.
public interface TextEmbedder extends AutoCloseable {

  /// Identifies the model: vectors of different models cannot be compared.
  String id();

  /// Length of every vector.
  int dimensions();

  /// One vector for each text, in their order.
  List<float[]> embed(List<String> texts);

  default float[] embed(String text) {
    return embed(List.of(text)).getFirst();
  }

  @Override
  void close();
}
