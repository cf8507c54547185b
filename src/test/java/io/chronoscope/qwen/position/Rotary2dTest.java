package io.chronoscope.qwen.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class Rotary2dTest {

  private static final int HEAD_DIM = 8;

  /// Of a single window, so in row-major order.
  private static RotaryTables rowOrdered(TokenGrid grid) {
    return Rotary2d.windowOrdered(grid, WindowPartition.of(grid, 8), 2, HEAD_DIM);
  }

  @Test
  void rotatesByRowThenColumnTwice() {
    // Token (1, 2) of 2x3, its last patch: row 3, column 5. Frequencies 1 and 1/100.
    RotaryTables tables = rowOrdered(new TokenGrid(2, 3));
    int at = (tables.rows() - 1) * HEAD_DIM;
    double[] angles = {3, 0.03, 5, 0.05, 3, 0.03, 5, 0.05};
    for (int i = 0; i < HEAD_DIM; i++) {
      assertThat((double) tables.cos()[at + i]).isCloseTo(Math.cos(angles[i]), within(1e-6));
      assertThat((double) tables.sin()[at + i]).isCloseTo(Math.sin(angles[i]), within(1e-6));
    }
  }

  @Test
  void coversThePatchesOfAToken() {
    RotaryTables tables = rowOrdered(new TokenGrid(1, 2));
    int[][] rowsAndColumns = {
      {0, 0}, {0, 1}, {1, 0}, {1, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3},
    };
    for (int patch = 0; patch < 8; patch++) {
      double row = Math.sin(rowsAndColumns[patch][0]);
      double column = Math.sin(rowsAndColumns[patch][1]);
      assertThat((double) tables.sin()[patch * HEAD_DIM]).isCloseTo(row, within(1e-6));
      assertThat((double) tables.sin()[patch * HEAD_DIM + 2]).isCloseTo(column, within(1e-6));
    }
  }

  @Test
  void followsItsTokenIntoWindowOrder() {
    TokenGrid grid = new TokenGrid(5, 6);
    WindowPartition partition = WindowPartition.of(grid, 4);
    RotaryTables rows = rowOrdered(grid);
    RotaryTables windows = Rotary2d.windowOrdered(grid, partition, 2, HEAD_DIM);
    int token = 4 * HEAD_DIM;
    int[] from = partition.windowOrder();
    for (int index = 0; index < from.length; index++) {
      assertThat(Arrays.copyOfRange(windows.cos(), index * token, (index + 1) * token))
          .isEqualTo(
              Arrays.copyOfRange(rows.cos(), from[index] * token, (from[index] + 1) * token));
      assertThat(Arrays.copyOfRange(windows.sin(), index * token, (index + 1) * token))
          .isEqualTo(
              Arrays.copyOfRange(rows.sin(), from[index] * token, (from[index] + 1) * token));
    }
  }

  @Test
  void rejectsTheWindowOrderOfAnotherGrid() {
    WindowPartition other = WindowPartition.of(new TokenGrid(2, 2), 4);
    assertThatThrownBy(() -> Rotary2d.windowOrdered(new TokenGrid(2, 3), other, 2, HEAD_DIM))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
