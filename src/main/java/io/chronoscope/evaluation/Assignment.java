package io.chronoscope.evaluation;

import java.util.Arrays;

/// Finds the one-to-one assignment of rows to columns with the maximum sum: the Hungarian algorithm
/// (Kuhn 1955, Munkres 1957) in the form with potentials that adds one row at a time, O(n³).
final class Assignment {

  private Assignment() {}

  /// @param gain `[rows][columns]`, non-negative
  /// @return the column of each row, or -1 for a row whose gain would be 0
  static int[] of(double[][] gain) {
    int rows = gain.length;
    int columns = rows == 0 ? 0 : gain[0].length;
    int n = Math.max(rows, columns);
    // A square matrix with indices from 1; missing cells cost nothing. Index 0 means "unassigned".
    double[] rowPotential = new double[n + 1];
    double[] columnPotential = new double[n + 1];
    int[] rowOf = new int[n + 1];
    int[] before = new int[n + 1];
    for (int row = 1; row <= n; row++) {
      rowOf[0] = row;
      int column = 0;
      double[] least = new double[n + 1];
      Arrays.fill(least, Double.POSITIVE_INFINITY);
      boolean[] used = new boolean[n + 1];
      do {
        used[column] = true;
        double delta = Double.POSITIVE_INFINITY;
        int next = 0;
        for (int j = 1; j <= n; j++) {
          if (used[j]) {
            continue;
          }
          double reduced =
              cost(gain, rowOf[column] - 1, j - 1)
                  - rowPotential[rowOf[column]]
                  - columnPotential[j];
          if (reduced < least[j]) {
            least[j] = reduced;
            before[j] = column;
          }
          if (least[j] < delta) {
            delta = least[j];
            next = j;
          }
        }
        for (int j = 0; j <= n; j++) {
          if (used[j]) {
            rowPotential[rowOf[j]] += delta;
            columnPotential[j] -= delta;
          } else {
            least[j] -= delta;
          }
        }
        column = next;
      } while (rowOf[column] != 0);
      while (column != 0) {
        rowOf[column] = rowOf[before[column]];
        column = before[column];
      }
    }
    int[] columnOf = new int[rows];
    Arrays.fill(columnOf, -1);
    for (int j = 1; j <= columns; j++) {
      int row = rowOf[j] - 1;
      if (row < rows && gain[row][j - 1] > 0) {
        columnOf[row] = j - 1;
      }
    }
    return columnOf;
  }

  private static double cost(double[][] gain, int row, int column) {
    return row < gain.length && column < gain[row].length ? -gain[row][column] : 0;
  }
}
