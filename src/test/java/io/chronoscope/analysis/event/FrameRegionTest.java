package io.chronoscope.analysis.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameRegionTest {

  @Test
  void findsTheRegionsThatADescriptionNames() {
    assertThat(FrameRegion.of("A red circle stops in the upper half."))
        .containsExactly(FrameRegion.UPPER);
    assertThat(FrameRegion.of("A dog sits at the bottom left corner."))
        .isEqualTo(Set.of(FrameRegion.LOWER, FrameRegion.LEFT));
    assertThat(FrameRegion.of("A man waits in the far background"))
        .containsExactly(FrameRegion.BACK);
  }

  @ParameterizedTest
  @CsvSource({
    "A car moves to the left.",
    "A car comes from the right.",
    "A man goes upstairs and back down.",
    "The left door opens."
  })
  void ignoresDirectionsOfMovement(String description) {
    assertThat(FrameRegion.of(description)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "in the left half, in the right half, true",
    "in the left half, in the upper half, false",
    "at the top left, at the top right, true",
    "in the left half and in the right half, in the right half, false",
    "'', in the right half, false"
  })
  void knowsWhichRegionsExcludeEachOther(String one, String other, boolean exclude) {
    assertThat(FrameRegion.exclude("A dog is " + one, "A dog is " + other)).isEqualTo(exclude);
    assertThat(FrameRegion.exclude("A dog is " + other, "A dog is " + one)).isEqualTo(exclude);
  }
}
