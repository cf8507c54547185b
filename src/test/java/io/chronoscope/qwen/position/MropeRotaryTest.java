package io.chronoscope.qwen.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.checkpoint.TextConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class MropeRotaryTest {

  private static final TextConfig TEXT =
      new TextConfig(16, 1, 2, 1, 8, 16, 100, 1e-6, 10_000, List.of(1, 1, 2), 1000, true);

  @Test
  void frequenciesFallWithThePowerOfTheta() {
    assertThat(MropeRotary.inverseFrequencies(TEXT))
        .containsExactly(new float[] {1, 0.1f, 0.01f, 0.001f}, within(1e-9f));
  }

  @Test
  void rotatesEachSectionByItsOwnAxis() {
    assertThat(MropeRotary.axes(TEXT)).containsExactly(0, 1, 2, 2);
  }
}
