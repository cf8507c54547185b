package io.chronoscope.qwen.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.checkpoint.TextConfig;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MropeRotaryTest {

  private static final TextConfig TEXT =
      new TextConfig(16, 1, 2, 1, 8, 16, 100, 1e-6, 10_000, List.of(1, 1, 2), 1000, true);

  @Test
  void fallsWithThePowerOfTheta() {
    assertThat(MropeRotary.inverseFrequencies(8, 10_000))
        .containsExactly(new float[] {1, 0.1f, 0.01f, 0.001f}, within(1e-9f));
  }

  @Test
  void turnsEachSectionByItsOwnAxis() {
    MropePositions positions =
        MropePositions.builder(2).text(1).video(new TokenGrid(3, 4), 2, 3.0).build();
    RotaryTables tables = MropeRotary.of(positions, TEXT);
    // The last token: time 1 + 6, row 1 + 2, column 1 + 3.
    double[] angles = {7, 0.3, 0.04, 0.004, 7, 0.3, 0.04, 0.004};
    for (int i = 0; i < 8; i++) {
      int at = (positions.tokens() - 1) * 8 + i;
      assertThat((double) tables.cos()[at]).isCloseTo(Math.cos(angles[i]), within(1e-6));
      assertThat((double) tables.sin()[at]).isCloseTo(Math.sin(angles[i]), within(1e-6));
    }
  }

  @Test
  void continuesWhereThePromptEnds() {
    MropePositions positions = MropePositions.builder(2).text(5).build();
    RotaryTables all = MropeRotary.of(positions, TEXT);
    RotaryTables tail = MropeRotary.following(3, 2, TEXT);
    assertThat(tail.rows()).isEqualTo(2);
    assertThat(tail.cos()).isEqualTo(Arrays.copyOfRange(all.cos(), 24, 40));
    assertThat(tail.sin()).isEqualTo(Arrays.copyOfRange(all.sin(), 24, 40));
  }
}
