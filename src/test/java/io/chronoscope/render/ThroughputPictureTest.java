package io.chronoscope.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ThroughputPictureTest {

  private static ThroughputPicture.Bar bar(OptionalDouble share) {
    return new ThroughputPicture.Bar("prefill", "8 x 2588", share, "80,000 tokens/s", "seen");
  }

  private static int blueWidth(BufferedImage image) {
    int widest = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      int blue = 0;
      for (int x = 0; x < image.getWidth(); x++) {
        if ((image.getRGB(x, y) & 0xffffff) == Hue.BLUE.rgb) {
          blue++;
        }
      }
      widest = Math.max(widest, blue);
    }
    return widest;
  }

  @Test
  void drawsBarsInProportionToTheirShares() {
    int quarter = blueWidth(draw(OptionalDouble.of(0.25)));
    int half = blueWidth(draw(OptionalDouble.of(0.5)));

    assertThat(half).isBetween(2 * quarter - 4, 2 * quarter + 4);
    assertThat(blueWidth(draw(OptionalDouble.of(1.7))))
        .isEqualTo(blueWidth(draw(OptionalDouble.of(1))));
    assertThat(blueWidth(draw(OptionalDouble.empty()))).isZero();
  }

  @Test
  void growsWithItsRows() {
    BufferedImage one = ThroughputPicture.draw("t", List.of(bar(OptionalDouble.of(1))));
    BufferedImage three =
        ThroughputPicture.draw(
            "t",
            List.of(
                bar(OptionalDouble.of(1)),
                bar(OptionalDouble.empty()),
                bar(OptionalDouble.of(0.1))));

    assertThat(three.getWidth()).isEqualTo(one.getWidth());
    assertThat(three.getHeight()).isGreaterThan(one.getHeight());
  }

  private static BufferedImage draw(OptionalDouble share) {
    return ThroughputPicture.draw("3b on cuda, bf16", List.of(bar(share)));
  }
}
