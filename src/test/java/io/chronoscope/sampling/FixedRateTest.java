package io.chronoscope.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixedRateTest {

  @Test
  void readsEvenRatesAndRandomGaps() {
    assertThat(FixedRate.parse("0.5")).isEqualTo(FixedRate.even(0.5));
    assertThat(FixedRate.parse("uneven")).isEqualTo(FixedRate.uneven(2, 1));
    assertThat(FixedRate.parse("uneven:4")).isEqualTo(FixedRate.uneven(4, 1));
    assertThat(FixedRate.parse("uneven:0.5:77")).isEqualTo(FixedRate.uneven(0.5, 77));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "0.5", "29.97", "uneven:2", "uneven:0.5:77"})
  void writesWhatItReads(String text) {
    assertThat(FixedRate.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fast", "2:1", "uneven:", "uneven:2:x", "uneven:2:1:1", "odd:2"})
  void namesWhatIsNoRate(String text) {
    assertThatThrownBy(() -> FixedRate.parse(text))
        .hasMessageContaining("'%s' is neither frames per second nor uneven", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "NaN", "2000", "uneven:0"})
  void refusesRatesOutOfBounds(String text) {
    assertThatThrownBy(() -> FixedRate.parse(text)).hasMessageContaining("must be 0.001 to 1000");
  }
}
