package io.chronoscope.qwen.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.checkpoint.PixelLimits;
import io.chronoscope.domain.FrameSize;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SmartResizeTest {

  @Test
  void roundsBothSidesToWholeTokens() {
    assertThat(SmartResize.fit(new FrameSize(640, 360), 28, PixelLimits.OFFICIAL_IMAGE))
        .isEqualTo(new FrameSize(644, 364));
  }

  @Test
  void roundsHalvesToTheEvenNumberOfTokens() {
    // 2.5 tokens become 2, 3.5 become 4.
    assertThat(SmartResize.fit(70, 98, 28, 1, 1e9)).isEqualTo(new FrameSize(112, 56));
  }

  @Test
  void shrinksFullHdToTheVideoLimit() {
    assertThat(SmartResize.fit(new FrameSize(1920, 1080), 28, PixelLimits.OFFICIAL_VIDEO_FRAME))
        .isEqualTo(new FrameSize(1008, 560));
  }

  @Test
  void preservesTheAspectOfAnEnlargedThinPicture() {
    assertThat(SmartResize.fit(28, 280, 28, 100_352, 602_112)).isEqualTo(new FrameSize(1008, 112));
  }

  @Test
  void rejectsMoreThanTwoHundredToOne() {
    assertThat(SmartResize.fit(10, 2000, 28, 3136, 1e7)).isNotNull();
    assertThatThrownBy(() -> SmartResize.fit(10, 2001, 28, 3136, 1e7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2001x10");
  }

  @Test
  void staysWithinLimitsForAnyCommonAspect() {
    long seed = 20_260_101;
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      FrameSize size = new FrameSize(100 + random.nextInt(4000), 100 + random.nextInt(4000));
      FrameSize fit = SmartResize.fit(size, 28, PixelLimits.OFFICIAL_VIDEO_FRAME);
      assertThat(fit.pixels()).as("%s, seed %d", size, seed).isBetween(100_352L, 602_112L);
      assertThat(fit.widthPx() % 28 + fit.heightPx() % 28).isZero();
    }
  }
}
