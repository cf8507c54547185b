package io.chronoscope.qwen.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FrameSelectionTest {

  @Test
  void selectsTwoFramesPerSecond() {
    assertThat(FrameSelection.count(300, 30, 2)).isEqualTo(20);
  }

  @Test
  void selectsAnEvenNumber() {
    assertThat(FrameSelection.count(330, 30, 1)).isEqualTo(10);
  }

  @Test
  void selectsAtLeastFourAndAtMost768() {
    assertThat(FrameSelection.count(300, 30, 0.1)).isEqualTo(4);
    assertThat(FrameSelection.count(1_000_000, 30, 2)).isEqualTo(768);
  }

  @Test
  void includesFirstAndLastFrame() {
    assertThat(FrameSelection.indices(10, 19, 4)).containsExactly(10, 13, 16, 19);
  }

  @Test
  void computesTheEffectiveRate() {
    assertThat(FrameSelection.sampleFps(10, 330, 30)).isCloseTo(10 / 11.0, within(1e-12));
  }

  @Test
  void rejectsAVideoOfOneFrame() {
    assertThatThrownBy(() -> FrameSelection.count(1, 30, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 frames");
  }
}
