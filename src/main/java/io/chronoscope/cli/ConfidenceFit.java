package io.chronoscope.cli;

import io.chronoscope.config.EnvironmentException;
import io.chronoscope.evaluation.query.LogisticFit;
import java.util.List;

/// Fits the weights of a confidence to what an evaluation found.
final class ConfidenceFit {

  private static final double RIDGE = 0.3;

  private ConfidenceFit() {}

  /// @return the bias, then a weight for each feature
  /// @throws EnvironmentException when the cases all hold, or none does
  static double[] of(List<LogisticFit.Case> cases) {
    try {
      return LogisticFit.fit(cases, RIDGE);
    } catch (IllegalArgumentException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    }
  }
}
