package io.chronoscope.qwen.image;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BicubicResizeTest {

  @Test
  void copiesAPictureThatHasTheSize() {
    try (Picture source = noise(31, 17, 5);
        Picture copy = BicubicResize.resize(source, new FrameSize(31, 17))) {
      assertThat(copy.rgb().mismatch(source.rgb())).isEqualTo(-1);
      assertThat(copy.rgb().address()).isNotEqualTo(source.rgb().address());
    }
  }

  @ParameterizedTest
  @CsvSource({"100,60,28,28", "20,30,84,56", "1,1,28,28", "200,3,28,56", "64,64,63,65"})
  void preservesAUniformColor(int fromWidth, int fromHeight, int toWidth, int toHeight) {
    try (Picture source = Picture.allocate(fromWidth, fromHeight)) {
      for (long i = 0; i < source.sizeBytes(); i++) {
        source.rgb().set(JAVA_BYTE, i, (byte) (i % 3 == 0 ? 255 : i % 3 == 1 ? 128 : 1));
      }
      try (Picture out = BicubicResize.resize(source, new FrameSize(toWidth, toHeight))) {
        for (long i = 0; i < out.sizeBytes(); i++) {
          assertThat(out.rgb().get(JAVA_BYTE, i))
              .isEqualTo((byte) (i % 3 == 0 ? 255 : i % 3 == 1 ? 128 : 1));
        }
      }
    }
  }

  @Test
  void clampsTheOvershootOfTheCubic() {
    // A step from black to white rings below 0 and above 255 when enlarged.
    try (Picture source = Picture.allocate(4, 1)) {
      for (int x = 0; x < 4; x++) {
        for (int c = 0; c < 3; c++) {
          source.rgb().set(JAVA_BYTE, 3L * x + c, (byte) (x < 2 ? 0 : 255));
        }
      }
      float[] least = {0};
      float[] most = {0};
      BicubicResize.scale(
          source,
          new FrameSize(28, 1),
          (y, row) -> {
            for (float value : row) {
              least[0] = Math.min(least[0], value);
              most[0] = Math.max(most[0], value);
            }
          });
      assertThat(least[0]).isLessThan(-5);
      assertThat(most[0]).isGreaterThan(260);
      try (Picture out = BicubicResize.resize(source, new FrameSize(28, 1))) {
        for (int x = 0; x < 28; x++) {
          int value = Byte.toUnsignedInt(out.rgb().get(JAVA_BYTE, 3L * x));
          // Without the clamp, a value below 0 would wrap around to a bright one.
          assertThat(value < 128).as("x = %d: %d", x, value).isEqualTo(x < 14);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"50,40,28,56", "29,31,56,28", "90,70,28,28"})
  void isTheWeightedSumOfNearbyPixels(int fromWidth, int fromHeight, int toWidth, int toHeight) {
    long seed = 99;
    try (Picture source = noise(fromWidth, fromHeight, seed)) {
      double[] worst = {0};
      BicubicResize.scale(
          source,
          new FrameSize(toWidth, toHeight),
          (y, row) -> {
            for (int x = 0; x < toWidth; x++) {
              double exact = exact(source, x, y, toWidth, toHeight);
              worst[0] = Math.max(worst[0], Math.abs(exact - row[3 * x + 1]));
            }
          });
      assertThat(worst[0]).as("seed %d", seed).isLessThan(2e-3);
    }
  }

  /// Green at (x, y) in doubles, directly from the definition.
  private static double exact(Picture source, int x, int y, int toWidth, int toHeight) {
    double sum = 0;
    double weights = 0;
    for (int v = 0; v < source.heightPx(); v++) {
      double down = weight(v, y, (double) source.heightPx() / toHeight);
      for (int u = 0; u < source.widthPx() && down != 0; u++) {
        double weight = down * weight(u, x, (double) source.widthPx() / toWidth);
        long at = 3L * (v * source.widthPx() + u) + 1;
        sum += weight * Byte.toUnsignedInt(source.rgb().get(JAVA_BYTE, at));
        weights += weight;
      }
    }
    return sum / weights;
  }

  private static double weight(int input, int output, double scale) {
    double x = Math.abs(input + 0.5 - scale * (output + 0.5)) / Math.max(scale, 1);
    if (x < 1) {
      return 1.5 * x * x * x - 2.5 * x * x + 1;
    }
    return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
  }

  private static Picture noise(int widthPx, int heightPx, long seed) {
    Random random = new Random(seed);
    Picture picture = Picture.allocate(widthPx, heightPx);
    for (long i = 0; i < picture.sizeBytes(); i++) {
      picture.rgb().set(JAVA_BYTE, i, (byte) random.nextInt());
    }
    return picture;
  }
}
