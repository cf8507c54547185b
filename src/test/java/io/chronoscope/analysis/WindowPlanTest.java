package io.chronoscope.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WindowPlanTest {

  private static final long SECOND = 1_000_000;
  private final WindowPlan plan = new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2));

  @Test
  void windowsOverlap() {
    assertThat(plan.startOf(0)).isZero();
    assertThat(plan.endOf(0)).isEqualTo(10 * SECOND);
    assertThat(plan.startOf(3)).isEqualTo(24 * SECOND);
    assertThat(plan.endOf(3)).isEqualTo(34 * SECOND);
  }

  @Test
  void firstWindowEndingAfterATimeContainsIt() {
    for (long micros = 0; micros < 60 * SECOND; micros += SECOND / 2) {
      long window = plan.firstEndingAfter(micros);
      assertThat(plan.endOf(window)).isGreaterThan(micros);
      assertThat(plan.startOf(window)).isLessThanOrEqualTo(micros);
      if (window > 0) {
        assertThat(plan.endOf(window - 1)).isLessThanOrEqualTo(micros);
      }
    }
  }

  @Test
  void lastWindowIsTheFirstThatReachesTheEndOfTheStream() {
    assertThat(plan.lastOf(3 * SECOND)).isZero();
    assertThat(plan.lastOf(10 * SECOND)).isZero();
    assertThat(plan.lastOf(10 * SECOND + 1)).isEqualTo(1);
    assertThat(plan.lastOf(18 * SECOND)).isEqualTo(1);
    assertThat(plan.lastOf(19 * SECOND)).isEqualTo(2);
  }

  @Test
  void partialAnalysesAreDueInIntervalsUntilTheWindowIsNearlyFull() {
    WindowPlan partial =
        new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(4));
    assertThat(partial.nextPartial(0, 10 * SECOND)).hasValue(4 * SECOND);
    assertThat(partial.nextPartial(4 * SECOND, 10 * SECOND)).hasValue(8 * SECOND);
    assertThat(partial.nextPartial(8 * SECOND, 10 * SECOND)).isEmpty();
    assertThat(plan.nextPartial(0, 10 * SECOND)).as("full windows only").isEmpty();
  }

  @Test
  void rejectsOverlapAsLongAsTheWindow() {
    assertThatThrownBy(() -> new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(10)))
        .hasMessageContaining("overlap PT10S");
  }
}
