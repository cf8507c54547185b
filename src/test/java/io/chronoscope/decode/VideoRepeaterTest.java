package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.TestMedia;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VideoRepeaterTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "libopenh264, mp4, 0",
    "mpeg4, mp4, 2",
    "mpeg2video, mpegts, 2",
    "libvpx, webm, 0",
  })
  void repeatsTheSameFramesWithoutAGap(String codec, String container, int bFrames)
      throws Exception {
    byte[] media =
        TestMedia.video()
            .codec(codec)
            .container(container)
            .bFrames(bFrames)
            .fps(25)
            .group(10)
            .frames(50)
            .bytes();
    Path source = Files.write(directory.resolve("short"), media);
    Path target = directory.resolve("long");
    Duration length = new VideoRepeater().repeat(source, Duration.ofMillis(5_100), target);

    Frames once = Frames.all();
    new FfmpegDecoder().decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, once);
    Frames often = Frames.all();
    MediaFacts facts =
        new FfmpegDecoder()
            .decode(ByteBuffer.wrap(Files.readAllBytes(target)), DecodeLimits.DEFAULTS, often);
    assertThat(facts.damagedFrames()).isZero();
    // Two full passes and three groups of pictures of the third.
    assertThat(often.shown).hasSizeBetween(128, 130);
    assertThat(length).isBetween(Duration.ofMillis(5_100), Duration.ofMillis(5_220));
    for (int i = 1; i < often.times().size(); i++) {
      assertThat(often.times().get(i) - often.times().get(i - 1)).isBetween(39_000L, 41_000L);
    }
    for (int i = 0; i < 50; i++) {
      assertThat(often.shown.get(50 + i).brightness())
          .as("frame %d of the second pass", i)
          .isDeepEqualTo(once.shown.get(i).brightness());
    }
  }

  @Test
  void rejectsAFileThatIsNotAVideo() throws Exception {
    Path text = Files.writeString(directory.resolve("notes.txt"), "not a video");
    assertThatThrownBy(() ->
            new VideoRepeater().repeat(text, Duration.ofSeconds(1), directory.resolve("long.mp4")))
        .isInstanceOf(UnreadableMediaException.class);
  }
}
