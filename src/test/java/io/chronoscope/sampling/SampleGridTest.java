package io.chronoscope.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SampleGridTest {

  private static final long ANCHOR = 1_760_000_000_123_456L;

  @Test
  void doesNotDriftOverTenHours() {
    SampleGrid grid = SampleGrid.of(ANCHOR, 29.97);
    long last = 10 * 3600 * 30L;
    for (long n : new long[] {1, 2, 29_970, 29_971, last - 1, last}) {
      BigInteger exact =
          BigInteger.valueOf(n)
              .multiply(BigInteger.valueOf(1_000_000_000L))
              .divide(BigInteger.valueOf(29_970));
      assertThat(grid.timeMicros(n)).isEqualTo(ANCHOR + exact.longValueExact());
    }
    assertThat(grid.timeMicros(29_970)).isEqualTo(ANCHOR + 1_000_000_000L);
  }

  @Test
  void findsTheFirstTimeAtOrAfterAnyInstant() {
    long seed = 20_260_101;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      SampleGrid grid =
          new SampleGrid(
              random.nextLong(-1_000, ANCHOR),
              1 + random.nextInt(60_000),
              1 + random.nextInt(8),
              random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong()));
      long instant = grid.anchorMicros() + random.nextLong(-10, 40L * 3600 * 1_000_000);
      long n = grid.indexAtOrAfter(instant);
      assertThat(grid.timeMicros(n)).as("seed %d, %s", seed, grid).isGreaterThanOrEqualTo(instant);
      if (n > 0) {
        assertThat(grid.timeMicros(n - 1)).as("seed %d, %s", seed, grid).isLessThan(instant);
      }
      assertThat(grid.contains(grid.timeMicros(n))).isTrue();
    }
  }

  @Test
  void isExactAfterAYearOfVideo() {
    SampleGrid grid = SampleGrid.of(ANCHOR, 8);
    long yearMicros = 365L * 24 * 3600 * 1_000_000;
    assertThat(grid.indexAtOrAfter(ANCHOR + yearMicros)).isEqualTo(365L * 24 * 3600 * 8);
    assertThat(grid.timeMicros(365L * 24 * 3600 * 8)).isEqualTo(ANCHOR + yearMicros);
  }

  @Test
  void thinnedGridIsASubset() {
    SampleGrid grid = SampleGrid.of(ANCHOR, 29.97);
    SampleGrid thinned = grid.thinned(4);
    for (long n = 0; n < 1000; n++) {
      assertThat(thinned.timeMicros(n)).isEqualTo(grid.timeMicros(4 * n));
    }
    assertThat(thinned.fps()).isEqualTo(29.97 / 4);
  }

  @Test
  void drawsRandomGapsAroundTheMean() {
    SampleGrid grid = FixedRate.uneven(2, 1).grid(ANCHOR);
    assertThat(grid.timeMicros(0)).isEqualTo(ANCHOR);
    double sum = 0;
    double squares = 0;
    int count = 10_000;
    for (int n = 0; n < count; n++) {
      double gap = (grid.timeMicros(n + 1) - grid.timeMicros(n)) / 1e6;
      assertThat(gap).isBetween(0.049, 0.951);
      sum += gap;
      squares += gap * gap;
    }
    double mean = sum / count;
    assertThat(mean).isBetween(0.4999, 0.5001);
    // The difference of two uniform shares of 0.9.
    double deviation = Math.sqrt(squares / count - mean * mean);
    assertThat(deviation).isBetween(0.17, 0.20);
  }

  @Test
  void gapsBelongToTheirSeed() {
    long[] one = FixedRate.uneven(2, 1).grid(ANCHOR).times(ANCHOR, ANCHOR + 9_000_000).toArray();
    assertThat(FixedRate.uneven(2, 1).grid(ANCHOR).times(ANCHOR, ANCHOR + 9_000_000).toArray())
        .isEqualTo(one);
    assertThat(FixedRate.uneven(2, 2).grid(ANCHOR).times(ANCHOR, ANCHOR + 9_000_000).toArray())
        .isNotEqualTo(one);
  }

  @Test
  void listsTimesOfAHalfOpenInterval() {
    SampleGrid grid = SampleGrid.of(1_000_000, 2);
    assertThat(grid.times(1_500_000, 3_000_000).toArray())
        .containsExactly(1_500_000, 2_000_000, 2_500_000);
    assertThat(grid.times(0, 1_000_000).toArray()).isEmpty();
    assertThat(grid.firstAtOrAfter(0)).isEqualTo(1_000_000);
    assertThat(grid.contains(500_000)).isFalse();
  }

  @Test
  void rejectsARateOfZero() {
    assertThatThrownBy(() -> SampleGrid.of(0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SampleGrid.of(0, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
