package io.chronoscope.cli.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemorySlopeTest {

  private static final long MIB = 1 << 20;

  @Test
  void findsAStraightLine() {
    MemorySlope slope =
        MemorySlope.of(
            IntStream.range(30, 120)
                .mapToObj(minute -> MemorySamples.at(minute, 1000 * MIB + minute * MIB / 2))
                .toList(),
            MemorySample::residentBytes);

    assertThat(slope.bytesPerHour()).isCloseTo(30.0 * MIB, within(1.0));
    assertThat(slope.startBytes()).isCloseTo(1015.0 * MIB, within(1.0));
    assertThat(slope.percentPerHour()).isCloseTo(100 * 30 / 1015.0, within(1e-6));
  }

  @Test
  void doesNotMistakeNoiseForGrowth() {
    Random noise = new Random(7);
    MemorySlope slope =
        MemorySlope.of(
            IntStream.range(30, 120)
                .mapToObj(minute -> MemorySamples.at(minute, 1000 * MIB + noise.nextInt(10) * MIB))
                .toList(),
            MemorySample::residentBytes);

    assertThat(slope.percentPerHour()).isBetween(-0.5, 0.5);
  }

  @Test
  void aStepAtTheEndCounts() {
    MemorySlope slope =
        MemorySlope.of(
            IntStream.range(0, 60)
                .mapToObj(minute -> MemorySamples.at(minute, minute < 50 ? 1000 * MIB : 1100 * MIB))
                .toList(),
            MemorySample::residentBytes);

    assertThat(slope.percentPerHour()).isGreaterThan(5);
  }

  @Test
  void needsSamplesAtTwoTimes() {
    assertThatThrownBy(
            () -> MemorySlope.of(List.of(MemorySamples.at(1, MIB)), MemorySample::residentBytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two times");
  }
}
