package io.chronoscope.cli.bench.damage;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaFacts.Gap;
import io.chronoscope.testing.Frames;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A small `bench damage` with fixed seeds.
class DamageTest {

  @ParameterizedTest
  @CsvSource({
    "h264, mp4, BIT, 0",
    "h264, ts, LOST_1, 0",
    "h264, mp4, ZERO_1K, 0",
    "hevc, ts, LOST_1, 0",
    "hevc, ts, LOST_10, 0",
    "hevc, mp4, ZERO_1K, 0",
    "hevc, mkv, BIT, 0",
    "hevc, mp4, BIT, 0",
    "hevc, ts, BURST, 0",
    "vp8, webm, BIT, 0",
    "vp9, mp4, BIT, 0",
    "vp9, webm, BURST, 0",
    "mpeg4, ts, BIT, 0",
    "vp8, mkv, BURST, 0",
    "vp9, mkv, BIT, 0",
    "av1, mp4, BIT, 0",
    "vp8, webm, ZERO_4K, 0",
    "vp9, webm, ZERO_4K, 0",
    "mpeg2, ts, LOST_3, 0",
    "mpeg2, mp4, BURST, 0",
    "mpeg4, mp4, ZERO_1K, 0",
    "mjpeg, mkv, ZERO_4K, 0",
  })
  void showsNoDamageAsSeen(String codec, String container, DamageKind kind, int silent)
      throws Exception {
    MediaCase media = new MediaCase(codec, container);
    DamageRow row = DamageRow.measure(media, media.media(), kind, 10, 1);
    assertThat(row.silent()).as("%s", row).isEqualTo(silent);
    assertThat(row.flagged()).as("%s", row).isPositive();
  }

  @ParameterizedTest
  @MethodSource("all")
  void flagsNothingThatIsIntact(MediaCase media) throws Exception {
    DamageRow row = DamageRow.measure(media, media.media(), DamageKind.INTACT, 1, 1);
    assertThat(row.flagged()).isZero();
    assertThat(row.seenShare()).isEqualTo(1);
  }

  static List<MediaCase> all() {
    return MediaCase.all();
  }

  @Test
  void aLostTailIsAGapUpToTheDeclaredEnd() throws Exception {
    byte[] media = new MediaCase("mpeg2", "ts").media();
    byte[] cut = DamageKind.TAIL_25.damaged(media, new Random(1));
    MediaFacts facts =
        new FfmpegDecoder().decode(ByteBuffer.wrap(cut), DecodeLimits.DEFAULTS, Frames.none());
    long declaredMicros = facts.durationMicros() + 600_000;
    MediaFacts declared =
        facts.lasting(declaredMicros).withDamageUpTo(DecodeLimits.DEFAULT_MAX_DAMAGE);
    assertThat(declared.durationMicros()).isEqualTo(declaredMicros);
    Gap last = declared.gaps().getLast();
    assertThat(last.cause()).isEqualTo(Gap.Cause.DAMAGED);
    assertThat(last.fromMicros()).isLessThanOrEqualTo(facts.durationMicros());
    assertThat(last.untilMicros()).isEqualTo(declaredMicros);
  }
}
