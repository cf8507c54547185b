package io.chronoscope.evaluation;

/// Systems of linear equations, as Newton's method needs them.
public final class LinearSystem {

  private LinearSystem() {}

  /// Gaussian elimination without pivoting.
  ///
  /// @param matrix positive definite; overwritten
  /// @param right overwritten
  /// @return the vector whose product with `matrix` is `right`
  public static double[] solve(double[][] matrix, double[] right) {
    int n = right.length;
    for (int pivot = 0; pivot < n; pivot++) {
      for (int row = pivot + 1; row < n; row++) {
        double factor = matrix[row][pivot] / matrix[pivot][pivot];
        for (int column = pivot; column < n; column++) {
          matrix[row][column] -= factor * matrix[pivot][column];
        }
        right[row] -= factor * right[pivot];
      }
    }
    double[] solution = new double[n];
    for (int row = n - 1; row >= 0; row--) {
      double rest = right[row];
      for (int column = row + 1; column < n; column++) {
        rest -= matrix[row][column] * solution[column];
      }
      solution[row] = rest / matrix[row][row];
    }
    return solution;
  }
}
