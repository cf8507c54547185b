package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.TestMedia;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Fuzzing: however the bytes of a small video are corrupted, decoding returns facts or a reason.
class MutatedMediaTest {

  @ParameterizedTest
  @CsvSource({
    "libopenh264, mp4, 11",
    "libopenh264, mpegts, 12",
    "libvpx-vp9, matroska, 13",
    "mpeg4, mp4, 14",
    "mpeg2video, mpegts, 15",
  })
  void returnsFactsOrAReason(String codec, String container, long seed) {
    byte[] original = TestMedia.video().codec(codec).container(container).frames(12).bytes();
    DecodeLimits limits = new DecodeLimits(1_000_000, Duration.ofMinutes(10), 10_000);
    Random random = new Random(seed);
    Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
    int readable = 0;
    for (int round = 0; round < 200; round++) {
      byte[] mutated = mutate(original, random);
      try {
        MediaFacts facts =
            new FfmpegDecoder().decode(ByteBuffer.wrap(mutated), limits, Frames.all());
        assertThat(facts.frames()).as("seed %d round %d", seed, round).isPositive();
        readable++;
      } catch (UnreadableMediaException e) {
        assertThat(e.rejection().detail()).isNotBlank();
        reasons.merge(e.rejection().reason(), 1, Integer::sum);
      }
    }
    // Both outcomes must occur, or the test checks nothing.
    assertThat(readable).as("of 200, others: %s", reasons).isBetween(1, 199);
  }

  private static byte[] mutate(byte[] original, Random random) {
    byte[] bytes = original.clone();
    switch (random.nextInt(4)) {
      case 0 -> {
        for (int i = 1 + random.nextInt(20); i > 0; i--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 1 -> {
        int at = random.nextInt(bytes.length);
        for (int i = at; i < Math.min(bytes.length, at + 1 + random.nextInt(64)); i++) {
          bytes[i] = (byte) random.nextInt();
        }
      }
      case 2 -> {
        int length = random.nextInt(bytes.length / 4);
        int from = random.nextInt(bytes.length - length);
        int to = random.nextInt(bytes.length - length);
        System.arraycopy(original, from, bytes, to, length);
      }
      default -> {
        byte[] shorter = new byte[bytes.length - 1 - random.nextInt(bytes.length / 2)];
        System.arraycopy(bytes, 0, shorter, 0, shorter.length);
        return shorter;
      }
    }
    return bytes;
  }
}
