package io.chronoscope.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceTest {

  @Test
  void readsWhereSomethingIsSaidToBe() {
    assertThat(Place.of("A red circle stops in the upper half.")).containsExactly(Place.UPPER);
    assertThat(Place.of("A dog sits at the bottom left corner."))
        .isEqualTo(Set.of(Place.LOWER, Place.LEFT));
    assertThat(Place.of("A man waits in the far background")).containsExactly(Place.BACK);
  }

  @ParameterizedTest
  @CsvSource({
    "A car moves to the left.",
    "A car comes from the right.",
    "A man goes upstairs and back down.",
    "The left door opens."
  })
  void takesNoDirectionForAPlace(String description) {
    assertThat(Place.of(description)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "in the left half, in the right half, true",
    "in the left half, in the upper half, false",
    "at the top left, at the top right, true",
    "in the left half and in the right half, in the right half, false",
    "'', in the right half, false"
  })
  void knowsWhichPlacesExcludeEachOther(String one, String other, boolean exclude) {
    assertThat(Place.exclude("A dog is " + one, "A dog is " + other)).isEqualTo(exclude);
    assertThat(Place.exclude("A dog is " + other, "A dog is " + one)).isEqualTo(exclude);
  }
}
