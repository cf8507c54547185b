package io.chronoscope.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {

  private static final List<String> OPTIONS =
      List.of("--port", "--precision", "--broker-port", "--model");

  @Test
  void findsSwappedMissingAndWrongCharacters() {
    assertThat(Spelling.nearest("--prot", OPTIONS)).contains("--port");
    assertThat(Spelling.nearest("--brokerport", OPTIONS)).contains("--broker-port");
    assertThat(Spelling.nearest("--modell", OPTIONS)).contains("--model");
  }

  @Test
  void guessesNothingFarAway() {
    assertThat(Spelling.nearest("--frames", OPTIONS)).isEmpty();
    assertThat(Spelling.nearest("a", List.of("b", "xy"))).isEmpty();
    assertThat(Spelling.nearest("yard", List.of())).isEmpty();
  }

  @Test
  void allowsMoreInLongNames() {
    assertThat(
            Spelling.nearest(
                "CHRONOSCOPE_SAMPLNG_MAXIMUM_FPS", List.of("CHRONOSCOPE_SAMPLING_MAX_FPS")))
        .contains("CHRONOSCOPE_SAMPLING_MAX_FPS");
  }
}
