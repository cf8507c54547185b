package io.chronoscope.vlm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantizedTimesTest {

  private static final OptionalDouble HALVES = OptionalDouble.of(2);

  @Test
  void leavesAnswersAboutEvenFramesAlone() {
    QuantizedTimes times =
        QuantizedTimes.of(List.of(0L, 333_333L, 666_666L, 1_000_000L), 1_333_333, HALVES);
    assertThat(times.actual(700_000)).isEqualTo(700_000);
  }

  @Test
  void leavesAnswersToPromptsWithExactTimesAlone() {
    QuantizedTimes times =
        QuantizedTimes.of(List.of(0L, 100_000L, 900_000L), 1_000_000, OptionalDouble.empty());
    assertThat(times.actual(400_000)).isEqualTo(400_000);
  }

  @Test
  void movesWhatLiesBetweenAssumedTimesBetweenTheFramesThatWereShown() {
    // Positions: pairs at 0 and 1 s, so their second frames are assumed at 0.5 and 1.5 s.
    QuantizedTimes times =
        QuantizedTimes.of(List.of(0L, 900_000L, 1_400_000L, 1_600_000L), 2_000_000, HALVES);
    assertThat(times.actual(0)).isZero();
    assertThat(times.actual(250_000)).isEqualTo(450_000);
    assertThat(times.actual(750_000)).isEqualTo(1_150_000);
    assertThat(times.actual(1_250_000)).isEqualTo(1_500_000);
    assertThat(times.actual(2_000_000)).isEqualTo(2_000_000);
  }

  @Test
  void takesPairsAtUnevenPositionsToHaveBegunHalfAPositionLater() {
    // Positions of 0, 0.5 and 2 s: assumed at 0, 0.75 and 2.25 s.
    QuantizedTimes times =
        QuantizedTimes.of(
            List.of(0L, 200_000L, 900_000L, 1_500_000L, 2_100_000L), 3_000_000, HALVES);
    assertThat(times.actual(750_000)).isEqualTo(900_000);
    assertThat(times.actual(2_250_000)).isEqualTo(2_100_000);
  }

  @Test
  void passesOverPairsThatTheModelCannotTellApart() {
    QuantizedTimes times =
        QuantizedTimes.of(List.of(0L, 100_000L, 300_000L, 400_000L, 1_100_000L), 1_500_000, HALVES);
    assertThat(times.actual(750_000)).isBetween(400_000L, 1_100_000L);
  }

  @Test
  void isMonotone() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<Long> frames = new ArrayList<>(List.of(0L));
      for (int i = 1 + random.nextInt(20); i > 0; i--) {
        frames.add(frames.getLast() + 1 + random.nextInt(1_000_000));
      }
      long shown = frames.getLast() + 1 + random.nextInt(1_000_000);
      QuantizedTimes times = QuantizedTimes.of(frames, shown, HALVES);
      long before = 0;
      for (long at = 0; at <= shown; at += 10_007) {
        long actual = times.actual(at);
        assertThat(actual).as("seed %d round %d at %d", seed, round, at).isBetween(before, shown);
        before = actual;
      }
    }
  }
}
