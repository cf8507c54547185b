package io.chronoscope.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class StreamClockTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.000001Z");
  private final StreamClock clock = new StreamClock(NOON);

  @Test
  void convertsBetweenAllThreeBasesAndBack() {
    for (long offset : new long[] {-1_500_001, 0, 1, 3_600_000_000L}) {
      Instant absolute = clock.instantAt(offset);
      assertThat(clock.offsetMicros(absolute)).isEqualTo(offset);
      assertThat(clock.epochMicrosAt(offset)).isEqualTo(StreamClock.epochMicros(absolute));
      assertThat(clock.offsetMicros(StreamClock.epochMicros(absolute))).isEqualTo(offset);
      assertThat(StreamClock.ofEpochMicros(StreamClock.epochMicros(absolute))).isEqualTo(absolute);
    }
  }

  @Test
  void cutsOffWhatLiesBelowAMicrosecond() {
    assertThat(clock.offsetMicros(NOON.plusNanos(1_999))).isEqualTo(1);
    assertThat(StreamClock.wholeMicros(NOON.plusNanos(999))).isEqualTo(NOON);
  }
}
