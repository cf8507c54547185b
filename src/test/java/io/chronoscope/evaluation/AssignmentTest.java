package io.chronoscope.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssignmentTest {

  @Test
  void maximizesTheSumInsteadOfTheLargestSingleGain() {
    double[][] gain = {{0.9, 0.8}, {0.8, 0}};

    assertThat(Assignment.of(gain)).containsExactly(1, 0);
  }

  @Test
  void leavesRowsWithoutGainUnassigned() {
    assertThat(Assignment.of(new double[][] {{0, 0}, {0, 0.2}})).containsExactly(-1, 1);
    assertThat(Assignment.of(new double[][] {{}, {}})).containsExactly(-1, -1);
    assertThat(Assignment.of(new double[][] {})).isEmpty();
  }

  @Test
  void findsTheSameMaximumAsExhaustiveSearch() {
    long seed = 20_250_731L;
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      double[][] gain = new double[1 + random.nextInt(5)][1 + random.nextInt(5)];
      for (double[] row : gain) {
        Arrays.setAll(row, j -> random.nextInt(3) == 0 ? 0 : random.nextDouble());
      }

      int[] columns = Assignment.of(gain);

      double sum = 0;
      boolean[] used = new boolean[gain[0].length];
      for (int i = 0; i < columns.length; i++) {
        if (columns[i] >= 0) {
          assertThat(used[columns[i]]).as("column used twice, seed %d", seed).isFalse();
          used[columns[i]] = true;
          sum += gain[i][columns[i]];
        }
      }
      assertThat(sum)
          .as("round %d, seed %d", round, seed)
          .isCloseTo(best(gain, 0, new boolean[gain[0].length]), within(1e-9));
    }
  }

  private static double best(double[][] gain, int row, boolean[] used) {
    if (row == gain.length) {
      return 0;
    }
    double best = best(gain, row + 1, used);
    for (int j = 0; j < used.length; j++) {
      if (!used[j]) {
        used[j] = true;
        best = Math.max(best, gain[row][j] + best(gain, row + 1, used));
        used[j] = false;
      }
    }
    return best;
  }
}
