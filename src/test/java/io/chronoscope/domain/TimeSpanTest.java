package io.chronoscope.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeSpanTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.000250Z");

  @Test
  void roundsOffsetsToTheNearestMillisecondAndKeepsTimesExact() {
    assertThat(TimeSpan.of(new StreamClock(NOON), 1_499, 2_500))
        .isEqualTo(new TimeSpan(NOON.plusNanos(1_499_000), NOON.plusNanos(2_500_000), 1, 3));
  }

  @Test
  void rejectsAnEndBeforeTheStart() {
    assertThat(new TimeSpan(NOON, NOON, 0, 0).end()).isEqualTo(NOON);
    assertThatThrownBy(() -> new TimeSpan(NOON, NOON.minusNanos(1), 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is before start");
  }
}
