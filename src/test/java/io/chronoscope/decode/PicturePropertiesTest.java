package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.Frames.Shown;
import io.chronoscope.testing.TestMedia;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What pictures look like whose pixels are not square, whose range is high, or that lie on a side.
class PicturePropertiesTest {

  private static final Path MEDIA = Path.of("src/test/resources/media");

  private final Frames frames = Frames.all();

  private MediaFacts decode(byte[] media) throws UnreadableMediaException {
    return new FfmpegDecoder().decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, frames);
  }

  @ParameterizedTest
  @CsvSource({
    "mp4, 16, 11, 140, 64",
    "mp4, 8, 9, 96, 72",
    "matroska, 2, 1, 192, 64",
    "mpegts, 32, 27, 114, 64",
    "mp4, 1, 100, 96, 64",
  })
  void pixelsBecomeSquare(String container, int num, int den, int widthPx, int heightPx)
      throws Exception {
    MediaFacts facts =
        decode(
            TestMedia.video()
                .codec(container.equals("mpegts") ? "mpeg2video" : "mpeg4")
                .container(container)
                .size(96, 64)
                .pixelAspect(num, den)
                .frames(3)
                .bytes());

    assertThat(facts.widthPx()).isEqualTo(widthPx);
    assertThat(facts.heightPx()).isEqualTo(heightPx);
    assertThat(frames.shown)
        .allSatisfy(one -> {
          assertThat(one.widthPx()).isEqualTo(widthPx);
          assertThat(one.heightPx()).isEqualTo(heightPx);
        });
  }

  @Test
  void pixelAspectSurvivesCutting() throws Exception {
    Path file = Files.createTempFile("anamorphic", ".mkv");
    try {
      Files.write(
          file, TestMedia.video().container("matroska").pixelAspect(2, 1).frames(3).bytes());
      new MediaCutter()
          .cut(
              file,
              java.time.Duration.ofSeconds(1),
              segment -> {
                try {
                  byte[] media = new byte[segment.media().remaining()];
                  segment.media().get(media);
                  assertThat(decode(media).widthPx()).isEqualTo(192);
                } catch (UnreadableMediaException e) {
                  throw new IllegalStateException(e);
                }
              });
    } finally {
      Files.delete(file);
    }
  }

  /// `gate.mp4` of the video samples, mastered for a screen of 1,000 cd/m².
  @Test
  void highDynamicRangeLooksLikeTheOrdinaryVersion() throws Exception {
    Frames ordinary = new Frames(from -> from > 4_000_000 && from < 4_050_000);
    new FfmpegDecoder()
        .decode(
            ByteBuffer.wrap(Files.readAllBytes(Path.of("video-samples/gate.mp4"))),
            DecodeLimits.DEFAULTS,
            ordinary);
    Frames high = new Frames(from -> from > 4_000_000 && from < 4_050_000);
    new FfmpegDecoder()
        .decode(
            ByteBuffer.wrap(Files.readAllBytes(MEDIA.resolve("14_pq_hdr10.mp4"))),
            DecodeLimits.DEFAULTS,
            high);

    assertThat(distance(high.shown.getFirst(), ordinary.shown.getFirst())).isLessThan(20);
  }

  private static double distance(Shown one, Shown other) {
    double sum = 0;
    for (int y = 0; y < one.heightPx(); y++) {
      for (int x = 0; x < one.widthPx(); x++) {
        sum += Math.abs(one.brightness()[y][x] - other.brightness()[y][x]);
      }
    }
    return sum / ((double) one.widthPx() * one.heightPx());
  }

  @Test
  void exifOrientationIsHonored() throws Exception {
    MediaFacts facts = decode(Files.readAllBytes(MEDIA.resolve("17_exif6.jpg")));

    assertThat(facts.frames()).isOne();
    assertThat(facts.widthPx()).isEqualTo(640);
    assertThat(facts.heightPx()).isEqualTo(360);
    assertThat(Arrays.stream(frames.shown.getFirst().brightness()[0]).count()).isEqualTo(640);
  }
}
