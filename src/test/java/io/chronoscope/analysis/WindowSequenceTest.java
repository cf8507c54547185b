package io.chronoscope.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Windows of ten seconds that overlap by two.
class WindowSequenceTest {

  private static final long SECOND = 1_000_000;
  private static final WindowPlan PLAN =
      new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2));

  private final WindowSequence fromStart = new WindowSequence(PLAN, WindowAnchor.STREAM_START);

  @Test
  void followsThePlanFromTheStartOfTheStream() {
    for (int window = 0; window < 5; window++) {
      assertThat(fromStart.startOf(window)).isEqualTo(PLAN.startOf(window));
      assertThat(fromStart.endOf(window)).isEqualTo(PLAN.endOf(window));
    }
    assertThat(fromStart.firstEndingAfter(26 * SECOND)).isEqualTo(3);
    assertThat(fromStart.lastOf(26 * SECOND)).isEqualTo(2);
  }

  @Test
  void continuesFromWhereAWindowWasCutShort() {
    WindowSequence reanchored = fromStart.reanchored(3, 21 * SECOND);
    assertThat(reanchored.startOf(3)).isEqualTo(21 * SECOND);
    assertThat(reanchored.endOf(3)).isEqualTo(31 * SECOND);
    assertThat(reanchored.startOf(4)).isEqualTo(29 * SECOND);
    assertThat(reanchored.firstEndingAfter(31 * SECOND)).isEqualTo(4);
    assertThat(reanchored.lastOf(31 * SECOND)).isEqualTo(3);
  }
}
