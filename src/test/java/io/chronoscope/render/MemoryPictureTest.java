package io.chronoscope.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MemoryPictureTest {

  private static final long MIB = 1 << 20;

  @Test
  void growthIsSeenInBothPlots() {
    BufferedImage flat = picture(0);
    BufferedImage growing = picture(2 * MIB);

    assertThat(rowsThatDiffer(flat, growing, 0, flat.getHeight() / 2)).isGreaterThan(50);
    assertThat(rowsThatDiffer(flat, growing, flat.getHeight() * 2 / 3, flat.getHeight()))
        .isGreaterThan(50);
  }

  @Test
  void drawsASingleSample() {
    assertThat(
            MemoryPicture.draw(
                    "one",
                    "",
                    List.of(60_000L),
                    List.of(new MemoryPicture.Part("heap", List.of(100 * MIB))),
                    new MemoryPicture.Line(60_000, 100.0 * MIB, 0, 2))
                .getHeight())
        .isPositive();
  }

  private static BufferedImage picture(long bytesPerMinute) {
    List<Long> times =
        LongStream.rangeClosed(1, 120).map(minute -> 60_000 * minute).boxed().toList();
    List<Long> sizes =
        times.stream().map(time -> 500 * MIB + time / 60_000 * bytesPerMinute).toList();
    return MemoryPicture.draw(
        "memory",
        "of a test",
        times,
        List.of(
            new MemoryPicture.Part("heap", times.stream().map(time -> 512 * MIB).toList()),
            new MemoryPicture.Part("native", sizes)),
        new MemoryPicture.Line(
            1_800_000, 1012.0 * MIB, 100.0 * 60 * bytesPerMinute / (1012.0 * MIB), 2));
  }

  private static long rowsThatDiffer(BufferedImage one, BufferedImage other, int from, int to) {
    return IntStream.range(from, to)
        .filter(y ->
            IntStream.range(0, one.getWidth())
                .anyMatch(x -> one.getRGB(x, y) != other.getRGB(x, y)))
        .count();
  }
}
