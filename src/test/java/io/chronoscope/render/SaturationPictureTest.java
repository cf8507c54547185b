package io.chronoscope.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SaturationPictureTest {

  @Test
  void drawsTheLatencyOfEveryPoint() {
    BufferedImage calm = SaturationPicture.draw("streams", points(1));
    BufferedImage slow = SaturationPicture.draw("streams", points(30));

    assertThat(calm.getWidth()).isEqualTo(slow.getWidth());
    assertThat(
            IntStream.range(0, calm.getHeight())
                .filter(y ->
                    IntStream.range(0, calm.getWidth())
                        .anyMatch(x -> calm.getRGB(x, y) != slow.getRGB(x, y)))
                .count())
        .isGreaterThan(50);
  }

  @Test
  void drawsASingleIdlePoint() {
    assertThat(
            SaturationPicture.draw("one", List.of(new SaturationPicture.Point(1, 0, 0, 0, 0)))
                .getHeight())
        .isPositive();
  }

  private static List<SaturationPicture.Point> points(double factor) {
    return IntStream.of(1, 2, 4, 8)
        .mapToObj(streams ->
            new SaturationPicture.Point(streams, Math.min(streams, 5), 1, 1 + factor, 2 + factor))
        .toList();
  }
}
