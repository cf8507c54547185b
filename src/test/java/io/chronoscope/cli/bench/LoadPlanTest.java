package io.chronoscope.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadPlanTest {

  @Test
  void saysBeforehandHowLongItTakes() {
    assertThat(LoadPlan.duration(3, 120, true))
        .isEqualTo("measuring the capacity, then 3 phases of 120 s: about 8 minutes");
    assertThat(LoadPlan.duration(1, 40, false)).isEqualTo("1 phase of 40 s: about 1 minute");
  }

  @Test
  void warnsWhenAPhaseHoldsFewWindows() {
    assertThat(LoadPlan.warnings(120, Duration.ofSeconds(8))).isEmpty();
    assertThat(LoadPlan.warnings(60, Duration.ofSeconds(60)))
        .singleElement()
        .asString()
        .contains("only 1 window of 60 s", "--seconds 480");
  }

  @Test
  void warnsWhenWholeCamerasCannotMakeAMultipleOfTheCapacity() {
    assertThat(LoadPlan.warnings(List.of(1.0, 2.0), 10)).isEmpty();
    assertThat(LoadPlan.warnings(List.of(1.0), 0.25))
        .containsExactly("1.0x of the capacity is 0.25 cameras; the row runs 1, which is 4.0x");
  }
}
