package io.chronoscope.evaluation.query;

import io.chronoscope.evaluation.LinearSystem;
import java.util.List;

/// Logistic regression by Newton's method (iteratively reweighted least squares).
public final class LogisticFit {

  private static final int STEPS = 50;

  private LogisticFit() {}

  /// One case.
  ///
  /// @param features without the constant
  @SuppressWarnings("ArrayRecordComponent") // read once, not compared
  public record Case(double[] features, boolean holds) {}

  /// @param ridge weight of the squared weights, the constant apart, so that a few cases that
  ///   separate perfectly give no certainty
  /// @return the constant, then a weight for each feature
  /// @throws IllegalArgumentException when there are not both cases that hold and cases that do
  ///   not: any certainty would fit
  public static double[] fit(List<Case> cases, double ridge) {
    long holding = cases.stream().filter(Case::holds).count();
    if (holding == 0 || holding == cases.size()) {
      throw new IllegalArgumentException(
          "a calibration needs cases that hold and cases that do not; of %d cases %d hold"
              .formatted(cases.size(), holding));
    }
    int size = cases.getFirst().features().length + 1;
    double[] weights = new double[size];
    for (int step = 0; step < STEPS; step++) {
      double[] gradient = new double[size];
      double[][] curvature = new double[size][size];
      for (int i = 0; i < size; i++) {
        double strength = i == 0 ? 1e-9 : ridge;
        gradient[i] = strength * weights[i];
        curvature[i][i] = strength;
      }
      for (Case one : cases) {
        double estimate = estimate(weights, one.features());
        for (int i = 0; i < size; i++) {
          gradient[i] += (estimate - (one.holds() ? 1 : 0)) * feature(one, i);
          for (int j = 0; j < size; j++) {
            curvature[i][j] += estimate * (1 - estimate) * feature(one, i) * feature(one, j);
          }
        }
      }
      double[] change = LinearSystem.solve(curvature, gradient);
      for (int i = 0; i < size; i++) {
        weights[i] -= Math.clamp(change[i], -2, 2);
      }
    }
    return weights;
  }

  /// Probability that a case with these features holds.
  public static double estimate(double[] weights, double[] features) {
    double sum = weights[0];
    for (int i = 0; i < features.length; i++) {
      sum += weights[i + 1] * features[i];
    }
    return 1 / (1 + Math.exp(-sum));
  }

  private static double feature(Case one, int index) {
    return index == 0 ? 1 : one.features()[index - 1];
  }
}
