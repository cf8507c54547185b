package io.chronoscope.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssignmentTest {

  @Test
  void prefersTheGreaterSumToTheGreatestSingleGain() {
    double[][] gain = {{0.9, 0.8}, {0.8, 0}};

    assertThat(Assignment.of(gain)).containsExactly(1, 0);
  }

  @Test
  void leavesRowsWithoutGainAlone() {
    assertThat(Assignment.of(new double[][] {{0, 0}, {0, 0.2}})).containsExactly(-1, 1);
    assertThat(Assignment.of(new double[][] {{}, {}})).containsExactly(-1, -1);
    assertThat(Assignment.of(new double[][] {})).isEmpty();
  }

  @Test
  void isAsGoodAsTryingEverything() {
    long seed = 20_250_731L;
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      double[][] gain = new double[1 + random.nextInt(5)][1 + random.nextInt(5)];
      for (double[] row : gain) {
        Arrays.setAll(row, j -> random.nextInt(3) == 0 ? 0 : random.nextDouble());
      }

      int[] columns = Assignment.of(gain);

      double sum = 0;
      boolean[] taken = new boolean[gain[0].length];
      for (int i = 0; i < columns.length; i++) {
        if (columns[i] >= 0) {
          assertThat(taken[columns[i]]).as("column taken twice, seed %d", seed).isFalse();
          taken[columns[i]] = true;
          sum += gain[i][columns[i]];
        }
      }
      assertThat(sum)
          .as("round %d, seed %d", round, seed)
          .isCloseTo(best(gain, 0, new boolean[gain[0].length]), within(1e-9));
    }
  }

  private static double best(double[][] gain, int row, boolean[] taken) {
    if (row == gain.length) {
      return 0;
    }
    double best = best(gain, row + 1, taken);
    for (int j = 0; j < taken.length; j++) {
      if (!taken[j]) {
        taken[j] = true;
        best = Math.max(best, gain[row][j] + best(gain, row + 1, taken));
        taken[j] = false;
      }
    }
    return best;
  }
}
