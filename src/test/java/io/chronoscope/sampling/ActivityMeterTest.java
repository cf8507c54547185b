package io.chronoscope.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.SampledFrame;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ActivityMeterTest {

  private final Random random = new Random(7);

  @Test
  void isZeroForTheFirstAndForARepeatedPicture() {
    ActivityMeter meter = new ActivityMeter();
    assertThat(change(meter, 100, 80, 0, 0, 0)).isZero();
    assertThat(change(meter, 100, 80, 0, 0, 0)).isZero();
  }

  @Test
  void isNearlyOneFromBlackToWhite() {
    ActivityMeter meter = new ActivityMeter();
    try (Picture black = gray(50, 70, 0);
        Picture white = gray(50, 70, 255)) {
      meter.changeTo(black);
      assertThat(meter.changeTo(white)).isCloseTo(1, within(0.011));
    }
  }

  @Test
  void treatsNoiseAsAStillPicture() {
    ActivityMeter meter = new ActivityMeter();
    change(meter, 448, 448, 0, 0, 8);
    for (int i = 0; i < 5; i++) {
      assertThat(change(meter, 448, 448, 0, 0, 8)).isLessThan(FpsPolicy.STILL_BELOW);
    }
  }

  @Test
  void detectsASmallMovingSquareInNoise() {
    ActivityMeter meter = new ActivityMeter();
    change(meter, 224, 224, 20, 0, 5);
    assertThat(change(meter, 224, 224, 20, 40, 5)).isGreaterThan(4 * FpsPolicy.STILL_BELOW);
  }

  @Test
  void measuresPicturesSmallerThanTheThumbnailAndOfChangingSize() {
    ActivityMeter meter = new ActivityMeter();
    try (Picture tiny = gray(3, 5, 100);
        Picture wide = gray(700, 9, 100)) {
      meter.changeTo(tiny);
      assertThat(meter.changeTo(wide)).isZero();
    }
  }

  @Test
  void aPictureThatIsSharedHasNotChanged() {
    try (Picture dark = gray(50, 70, 0);
        Picture again = dark.share();
        Picture bright = gray(50, 70, 255)) {
      List<SampledFrame> frames =
          Stream.of(dark, again, bright, bright)
              .map(picture ->
                  new SampledFrame(
                      0, 0, 0, picture, new ChunkOrigin("t", 0, 0), new FrameSize(50, 70)))
              .toList();
      List<Double> changes = ActivityMeter.changes(frames);
      assertThat(changes.get(1)).isZero();
      assertThat(changes.get(2)).isCloseTo(1, within(0.011));
      assertThat(changes.get(3)).isZero();
    }
  }

  private double change(
      ActivityMeter meter, int width, int height, int square, int at, double noise) {
    try (Picture picture = Picture.allocate(width, height)) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          boolean inside = x >= at && x < at + square && y >= at && y < at + square;
          double value = (inside ? 220 : 100) + noise * random.nextGaussian();
          for (int c = 0; c < 3; c++) {
            picture
                .rgb()
                .set(
                    ValueLayout.JAVA_BYTE,
                    3L * (y * width + x) + c,
                    (byte) Math.clamp(Math.round(value), 0, 255));
          }
        }
      }
      return meter.changeTo(picture);
    }
  }

  private static Picture gray(int width, int height, int value) {
    Picture picture = Picture.allocate(width, height);
    picture.rgb().fill((byte) value);
    return picture;
  }
}
