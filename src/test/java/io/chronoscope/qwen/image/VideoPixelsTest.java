package io.chronoscope.qwen.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.checkpoint.PixelLimits;
import org.junit.jupiter.api.Test;

class VideoPixelsTest {

  @Test
  void allowsShortVideosTheLimitOfAFrame() {
    assertThat(VideoPixels.maxPixelsPerFrame(300, PixelLimits.OFFICIAL_VIDEO_FRAME))
        .isEqualTo(602_112);
  }

  @Test
  void dividesTheTotalAmongTheFramesOfLongVideos() {
    assertThat(VideoPixels.maxPixelsPerFrame(600, PixelLimits.OFFICIAL_VIDEO_FRAME))
        .isEqualTo(90_316_800.0 / 600 * 2);
  }

  @Test
  void neverGoesBelowTheSmallestFrame() {
    assertThat(VideoPixels.maxPixelsPerFrame(100_000, PixelLimits.OFFICIAL_VIDEO_FRAME))
        .isEqualTo(105_369);
  }

  @Test
  void respectsTheLimitsOfASmallCheckpoint() {
    assertThat(VideoPixels.maxPixelsPerFrame(4, new PixelLimits(7056, 9408))).isEqualTo(9408);
  }

  @Test
  void rejectsAVideoWithoutFrames() {
    assertThatThrownBy(() -> VideoPixels.maxPixelsPerFrame(0, PixelLimits.OFFICIAL_VIDEO_FRAME))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
