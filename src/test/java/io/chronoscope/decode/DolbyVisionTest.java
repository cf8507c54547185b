package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.TestMedia;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DolbyVisionTest {

  @TempDir Path directory;

  /// A video whose `btrt` box, of 12 bytes, is a Dolby Vision configuration instead (Dolby Vision
  /// Streams Within the ISO Base Media File Format, §3.1).
  static byte[] video(int profile, int compatibility) {
    byte[] media =
        TestMedia.video().codec("libopenh264").muxer("moov_size", "8000").frames(3).bytes();
    int at = new String(media, StandardCharsets.ISO_8859_1).indexOf("btrt");
    assertThat(at).isPositive();
    int level = 6;
    ByteBuffer.wrap(media)
        .position(at)
        .put("dvcC".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) (profile << 9 | level << 3 | 1 << 2 | 1))
        .put((byte) (compatibility << 4))
        .put(new byte[7]);
    return media;
  }

  @ParameterizedTest
  @CsvSource({"5", "10"})
  void colorsOfDolbysOwnAreRefusedAsAFileAndAsAChunk(int profile) throws Exception {
    byte[] media = video(profile, 0);
    assertThatThrownBy(() ->
            new FfmpegDecoder()
                .decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, Frames.none()))
        .isInstanceOfSatisfying(UnreadableMediaException.class, e -> assertRefused(e, profile));
    Path file = Files.write(directory.resolve("video.mp4"), media);
    assertThatThrownBy(() -> new MediaCutter().cut(file, Duration.ofSeconds(1), segment -> {}))
        .isInstanceOfSatisfying(UnreadableMediaException.class, e -> assertRefused(e, profile));
  }

  private static void assertRefused(UnreadableMediaException refused, int profile) {
    assertThat(refused.rejection().reason()).isEqualTo(Reason.UNSUPPORTED_CODEC);
    assertThat(refused.rejection().detail()).contains("Dolby Vision profile " + profile);
  }

  @ParameterizedTest
  @CsvSource({"8, 1", "8, 4", "7, 6", "10, 1"})
  void aBaseLayerThatEveryoneShowsIsShown(int profile, int compatibility) throws Exception {
    MediaFacts facts =
        new FfmpegDecoder()
            .decode(
                ByteBuffer.wrap(video(profile, compatibility)),
                DecodeLimits.DEFAULTS,
                Frames.none());
    assertThat(facts.frames()).isEqualTo(3);
  }
}
