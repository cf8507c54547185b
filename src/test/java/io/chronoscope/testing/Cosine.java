package io.chronoscope.testing;

import static org.assertj.core.api.Assertions.assertThat;

/// The cosine of the angle between two vectors, for tests of approximate results.
public final class Cosine {

  private Cosine() {}

  public static double of(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      squaresA += (double) a[i] * a[i];
      squaresB += (double) b[i] * b[i];
    }
    return product / Math.sqrt(squaresA * squaresB);
  }
}
