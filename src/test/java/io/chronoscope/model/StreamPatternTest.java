package io.chronoscope.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StreamPatternTest {

  @Test
  void aStarStandsForAnythingAndNothingElseIsSpecial() {
    assertThat(StreamPattern.ANY.matches("yard")).isTrue();
    assertThat(new StreamPattern("gate-*").matches("gate-")).isTrue();
    assertThat(new StreamPattern("gate-*").matches("gate-1/north")).isTrue();
    assertThat(new StreamPattern("gate-*").matches("a gate-1")).isFalse();
    assertThat(new StreamPattern("*-north").matches("gate-north")).isTrue();
    assertThat(new StreamPattern("g*t*").matches("gate")).isTrue();
    assertThat(new StreamPattern("yard.1").matches("yard-1")).isFalse();
    assertThat(new StreamPattern("[a]\\E").matches("[a]\\E")).isTrue();
    assertThat(new StreamPattern("yard").matches("yard2")).isFalse();
  }

  @Test
  void aBlankOneIsRefused() {
    assertThatThrownBy(() -> new StreamPattern(" ")).hasMessageContaining("blank");
  }
}
