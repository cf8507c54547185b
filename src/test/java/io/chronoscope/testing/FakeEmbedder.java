package io.chronoscope.testing;

import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.query.WordAnalysis;
import java.util.List;
import java.util.Random;

/// Embeds a text as the sum of random directions of its words: texts that share words are close,
/// and nothing has to be loaded.
public final class FakeEmbedder implements TextEmbedder {

  private static final int DIMENSIONS = 64;

  private final String id;

  public FakeEmbedder() {
    this("fake");
  }

  public FakeEmbedder(String id) {
    this.id = id;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int dimensions() {
    return DIMENSIONS;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return texts.stream().map(FakeEmbedder::vector).toList();
  }

  private static float[] vector(String text) {
    double[] sum = new double[DIMENSIONS];
    sum[0] = 1e-6;
    for (String term : WordAnalysis.terms(text)) {
      Random random = new Random(term.hashCode());
      for (int i = 0; i < DIMENSIONS; i++) {
        sum[i] += random.nextGaussian();
      }
    }
    double square = 0;
    for (double one : sum) {
      square += one * one;
    }
    float[] vector = new float[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      vector[i] = (float) (sum[i] / Math.sqrt(square));
    }
    return vector;
  }

  @Override
  public void close() {}
}
