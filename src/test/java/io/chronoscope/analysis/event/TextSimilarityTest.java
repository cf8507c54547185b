package io.chronoscope.analysis.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextSimilarityTest {

  @ParameterizedTest
  @CsvSource({
    "A red circle moves left.,        A red circle moves left.",
    "A red circle appears.,           A red circle moves left.",
    "A red circle turns blue.,        A red circle appears.",
    "The light goes off.,             Light goes off",
    "A person opens the door.,        A person opens the door and walks in."
  })
  void findsTheSameSubjectSimilar(String one, String other) {
    assertThat(TextSimilarity.of(one, other)).isBetween(TextSimilarity.SAME, 1.0);
    assertThat(TextSimilarity.of(other, one)).isEqualTo(TextSimilarity.of(one, other));
  }

  @ParameterizedTest
  @CsvSource({
    "A red circle moves left.,        A red square moves left.",
    "A red circle appears.,           A red square appears.",
    "A green circle moves left.,      A red circle moves left.",
    "The light goes off.,             A red circle moves left.",
    "A person opens the door.,        A dog runs across the yard."
  })
  void findsOtherSubjectsDifferent(String one, String other) {
    assertThat(TextSimilarity.of(one, other)).isLessThan(TextSimilarity.SAME);
  }
}
