package io.chronoscope.evaluation.query;

import io.chronoscope.evaluation.LinearSystem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A linear bound that a share of all errors stays below: quantile regression (Koenker and Bassett
/// 1978), widened by what it misses on cases that it was not fitted on (split conformal prediction,
/// Romano et al. 2019, with each group held out in turn).
///
/// Weights of features are not negative: nothing that is known narrows the bound below that of an
/// event about which less is in doubt.
public final class QuantileFit {

  private static final int STEPS = 300;

  /// Errors below this are as good as none.
  private static final double SMOOTH = 1e-3;

  /// Bounds below this are not widened by a factor, because it would be unbounded.
  private static final double LEAST_BOUND = 0.05;

  private QuantileFit() {}

  /// One case.
  ///
  /// @param group cases of one group are alike: they are held out together
  /// @param features without the constant
  @SuppressWarnings("ArrayRecordComponent") // read once, not compared
  public record Case(String group, double[] features, double error) {}

  /// @param share of the errors that stay below the bound
  /// @return the constant, then a weight for each feature
  public static double[] fit(List<Case> cases, double share) {
    Map<String, List<Case>> groups = new LinkedHashMap<>();
    cases.forEach(one -> groups.computeIfAbsent(one.group(), group -> new ArrayList<>()).add(one));
    List<Double> ratios = new ArrayList<>();
    for (List<Case> held : groups.values()) {
      List<Case> rest = new ArrayList<>(cases);
      rest.removeAll(held);
      double[] weights = rest.isEmpty() ? regress(cases, share) : regress(rest, share);
      held.forEach(one -> ratios.add(one.error() / Math.max(LEAST_BOUND, bound(weights, one))));
    }
    ratios.sort(null);
    int rank = (int) Math.ceil((ratios.size() + 1) * share);
    double factor = Math.max(1, ratios.get(Math.min(rank, ratios.size()) - 1));
    return Arrays.stream(regress(cases, share)).map(weight -> weight * factor).toArray();
  }

  /// Features whose weight would be negative are left out, one after the other.
  private static double[] regress(List<Case> cases, double share) {
    boolean[] used = new boolean[cases.getFirst().features().length + 1];
    Arrays.fill(used, true);
    while (true) {
      double[] weights = regress(cases, share, used);
      int lowest = 1;
      for (int i = 1; i < weights.length; i++) {
        lowest = weights[i] < weights[lowest] ? i : lowest;
      }
      if (weights.length == 1 || weights[lowest] >= 0) {
        return weights;
      }
      used[lowest] = false;
    }
  }

  /// Iteratively reweighted least squares (Hunter and Lange 2000): an error is weighted by one over
  /// its distance from the bound, and pulled to the side on which the share is missing.
  private static double[] regress(List<Case> cases, double share, boolean[] used) {
    int size = used.length;
    double[] weights = new double[size];
    for (int step = 0; step < STEPS; step++) {
      double[][] matrix = new double[size][size];
      double[] right = new double[size];
      for (int i = 0; i < size; i++) {
        matrix[i][i] = 1e-9;
      }
      for (Case one : cases) {
        double strength = 1 / (SMOOTH + Math.abs(one.error() - bound(weights, one)));
        for (int i = 0; i < size; i++) {
          double feature = used[i] ? feature(one, i) : 0;
          right[i] += feature * (strength * one.error() + 2 * share - 1);
          for (int j = 0; j < size; j++) {
            matrix[i][j] += strength * feature * (used[j] ? feature(one, j) : 0);
          }
        }
      }
      weights = LinearSystem.solve(matrix, right);
    }
    return weights;
  }

  private static double bound(double[] weights, Case one) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * feature(one, i);
    }
    return sum;
  }

  private static double feature(Case one, int index) {
    return index == 0 ? 1 : one.features()[index - 1];
  }
}
