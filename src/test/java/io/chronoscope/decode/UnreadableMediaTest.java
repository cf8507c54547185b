package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.TestMedia;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Segments that cannot be decoded, and the reason that each is rejected with.
class UnreadableMediaTest {

  private static final int HUGE = 16_000;

  private static byte[] hugeJpeg(byte[] packet) {
    for (int i = 0; i + 8 < packet.length; i++) {
      if ((packet[i] & 0xff) == 0xff && (packet[i + 1] & 0xff) == 0xc0) {
        ByteBuffer.wrap(packet).putShort(i + 5, (short) HUGE).putShort(i + 7, (short) HUGE);
        return packet;
      }
    }
    throw new IllegalStateException("no frame header");
  }

  private static int indexOf(byte[] media, String fourCc) {
    int at = new String(media, StandardCharsets.ISO_8859_1).indexOf(fourCc);
    assertThat(at).isPositive();
    return at;
  }

  private static Rejection rejected(byte[] media) {
    return rejected(media, DecodeLimits.DEFAULTS, Frames.none());
  }

  private static Rejection rejected(byte[] media, DecodeLimits limits, Frames frames) {
    UnreadableMediaException thrown =
        catchThrowableOfType(
            UnreadableMediaException.class,
            () -> new FfmpegDecoder().decode(ByteBuffer.wrap(media), limits, frames));
    assertThat(thrown).isNotNull();
    return thrown.rejection();
  }

  @Nested
  class Containers {

    @Test
    void emptySegment() {
      assertThat(rejected(new byte[0]).reason()).isEqualTo(Reason.EMPTY);
    }

    @Test
    void randomBytes() {
      byte[] garbage = new byte[50_000];
      new Random(1).nextBytes(garbage);
      Rejection rejection = rejected(garbage);
      assertThat(rejection.reason()).isEqualTo(Reason.NOT_MEDIA);
      assertThat(rejection.detail()).startsWith("50000 bytes that start with 73 d5 1a bb d8 9c ");
      assertThat(rejected("x".getBytes(StandardCharsets.UTF_8)).reason())
          .isEqualTo(Reason.NOT_MEDIA);
    }

    @Test
    void wrongMagicNumber() {
      byte[] media = TestMedia.video().bytes();
      Arrays.fill(media, 0, 12, (byte) 0x55);
      assertThat(rejected(media).reason()).isEqualTo(Reason.NOT_MEDIA);
    }

    @Test
    void otherContainers() {
      Rejection ogg = rejected("OggS and more of it".getBytes(StandardCharsets.US_ASCII));
      assertThat(ogg.reason()).isEqualTo(Reason.UNSUPPORTED_CONTAINER);
      assertThat(ogg.detail()).startsWith("Ogg is not supported; supported are MP4,");
      assertThat(
              rejected("#EXTM3U\nfile:///etc/passwd\n".getBytes(StandardCharsets.UTF_8)).reason())
          .isEqualTo(Reason.UNSUPPORTED_CONTAINER);
    }
  }

  @Nested
  class Truncation {

    @Test
    void truncatedMp4() {
      byte[] media = TestMedia.video().bytes();
      Rejection rejection = rejected(Arrays.copyOf(media, media.length - 100));
      assertThat(rejection.reason()).isEqualTo(Reason.TRUNCATED);
      assertThat(rejection.detail()).startsWith("box 'moov' at byte");
      Rejection inside = rejected(Arrays.copyOf(media, 600));
      assertThat(inside.detail()).startsWith("box 'mdat' at byte");
      byte[] indexFirst = TestMedia.video().indexFirst().bytes();
      assertThat(rejected(Arrays.copyOf(indexFirst, indexFirst.length - 300)).reason())
          .isEqualTo(Reason.TRUNCATED);
    }

    @Test
    void mp4WithoutIndex() {
      byte[] media = TestMedia.video().bytes();
      int moov = indexOf(media, "moov") - 4;
      Rejection rejection = rejected(Arrays.copyOf(media, moov));
      assertThat(rejection)
          .isEqualTo(new Rejection(Reason.TRUNCATED, "no 'moov' box: the index is missing"));
    }

    @Test
    void fragmentsWithoutInitializationSegment() {
      byte[] media = TestMedia.video().fragmented().bytes();
      int moof = indexOf(media, "moof") - 4;
      Rejection rejection = rejected(Arrays.copyOfRange(media, moof, media.length));
      assertThat(rejection.reason()).isEqualTo(Reason.TRUNCATED);
      assertThat(rejection.detail()).contains("initialization segment is missing");
    }

    @Test
    void initializationSegmentAlone() {
      byte[] media = TestMedia.video().fragmented().bytes();
      Rejection rejection = rejected(Arrays.copyOf(media, indexOf(media, "moof") - 4));
      assertThat(rejection.reason()).isEqualTo(Reason.NO_FRAMES);
      assertThat(rejection.detail()).contains("an initialization segment alone");
    }

    @Test
    void indexWithMoreFramesThanPresent() {
      byte[] media = TestMedia.video().indexFirst().bytes();
      int mdat = indexOf(media, "mdat") - 4;
      // A shorter but consistent mdat: only the index shows that frames are missing.
      byte[] cut = Arrays.copyOf(media, mdat + (media.length - mdat) / 2);
      ByteBuffer.wrap(cut).putInt(mdat, cut.length - mdat);
      Rejection rejection = rejected(cut);
      assertThat(rejection.reason()).isEqualTo(Reason.TRUNCATED);
      assertThat(rejection.detail()).startsWith("the index lists 25 frames, ");
    }

    @Test
    void truncatedMatroska() {
      byte[] media = TestMedia.video().codec("libopenh264").container("matroska").bytes();
      Rejection rejection = rejected(Arrays.copyOf(media, media.length * 3 / 5 + 1));
      assertThat(rejection.reason()).isEqualTo(Reason.TRUNCATED);
    }
  }

  @Nested
  class Streams {

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mpegts", "matroska"})
    void audioOnly(String container) {
      Rejection rejection = rejected(TestMedia.video().onlySound().container(container).bytes());
      assertThat(rejection)
          .isEqualTo(new Rejection(Reason.NO_VIDEO, "none of its 1 stream(s) is video: [aac]"));
    }

    @Test
    void noFrames() {
      Rejection rejection =
          rejected(
              TestMedia.video()
                  .frames(0)
                  .muxer("movflags", "empty_moov+frag_keyframe+default_base_moof")
                  .bytes());
      assertThat(rejection.reason()).isEqualTo(Reason.NO_FRAMES);
    }

    @Test
    void unsupportedCodec() {
      Rejection rejection = rejected(TestMedia.video().codec("ffv1").container("matroska").bytes());
      assertThat(rejection.reason()).isEqualTo(Reason.UNSUPPORTED_CODEC);
      assertThat(rejection.detail())
          .startsWith("the video uses ffv1; supported codecs are [av1, bmp, cinepak,");
    }

    @Test
    void unknownCodec() {
      byte[] media = TestMedia.video().codec("libopenh264").bytes();
      int tag = new String(media, StandardCharsets.ISO_8859_1).lastIndexOf("avc1");
      System.arraycopy("zzzz".getBytes(StandardCharsets.ISO_8859_1), 0, media, tag, 4);
      Rejection rejection = rejected(media);
      assertThat(rejection.reason()).isEqualTo(Reason.UNSUPPORTED_CODEC);
      assertThat(rejection.detail()).contains("zzzz");
    }
  }

  @Nested
  class Limits {

    @Test
    void tooLongByItsDeclaredDuration() {
      byte[] media = TestMedia.video().fps(1, 1800).frames(8).group(1).bytes(); // 4 hours
      Frames frames = Frames.none();
      Rejection rejection = rejected(media, DecodeLimits.DEFAULTS, frames);
      assertThat(rejection)
          .isEqualTo(
              new Rejection(
                  Reason.TOO_LONG, "it declares a duration of 14400.0 s, the limit is 600.0 s"));
      assertThat(frames.offered).isEmpty();
    }

    @Test
    void tooLongByItsFrames() {
      byte[] media =
          TestMedia.video()
              .muxer("movflags", "empty_moov+frag_keyframe+default_base_moof")
              .frames(100)
              .bytes();
      DecodeLimits twoSeconds = new DecodeLimits(1_000_000, Duration.ofSeconds(2), 1_000);
      assertThat(rejected(media, twoSeconds, Frames.none()).reason()).isEqualTo(Reason.TOO_LONG);
      DecodeLimits tenFrames = new DecodeLimits(1_000_000, Duration.ofSeconds(20), 10);
      assertThat(rejected(media, tenFrames, Frames.none()))
          .isEqualTo(new Rejection(Reason.TOO_LONG, "it has more than the limit of 10 frames"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "matroska"})
    void pictureTooLargeByItsDeclaredSize(String container) {
      Frames frames = Frames.none();
      Rejection rejection =
          rejected(
              TestMedia.video()
                  .codec("mjpeg")
                  .container(container)
                  .declaring(HUGE, HUGE)
                  .packets(UnreadableMediaTest::hugeJpeg)
                  .bytes(),
              DecodeLimits.DEFAULTS,
              frames);
      assertThat(rejection)
          .isEqualTo(
              new Rejection(
                  Reason.PICTURE_TOO_LARGE,
                  "16000x16000 is 256000000 pixels, the limit is 35389440"));
      assertThat(frames.offered).isEmpty();
    }

    @Test
    void pictureTooLargeButNotDeclared() {
      Rejection rejection =
          rejected(TestMedia.video().codec("mjpeg").packets(UnreadableMediaTest::hugeJpeg).bytes());
      assertThat(rejection.reason()).isIn(Reason.PICTURE_TOO_LARGE, Reason.CORRUPT);
    }

    @Test
    void pictureThatGrowsTooLarge() {
      int[] packet = {0};
      Rejection rejection =
          rejected(
              TestMedia.video()
                  .codec("libvpx")
                  .container("webm")
                  .group(10)
                  .packets(bytes -> {
                    boolean key = (bytes[0] & 1) == 0;
                    if (key && packet[0] > 0) {
                      // RFC 6386 §9.1: 14 bits each of width and height follow the start code.
                      bytes[6] = (byte) HUGE;
                      bytes[7] = (byte) (HUGE >> 8);
                      bytes[8] = (byte) HUGE;
                      bytes[9] = (byte) (HUGE >> 8);
                    }
                    packet[0]++;
                    return bytes;
                  })
                  .bytes());
      assertThat(rejection.reason()).isEqualTo(Reason.PICTURE_TOO_LARGE);
    }
  }

  @Nested
  class Damage {

    @Test
    void allFramesDamaged() {
      Rejection rejection =
          rejected(
              TestMedia.video()
                  .codec("libvpx")
                  .container("webm")
                  .group(1)
                  .packets(bytes -> {
                    Arrays.fill(bytes, (byte) 0xff);
                    return bytes;
                  })
                  .bytes());
      assertThat(rejection.reason()).isEqualTo(Reason.CORRUPT);
    }

    @Test
    void someDamageIsCountedAndTolerated() throws Exception {
      int[] packet = {0};
      byte[] media =
          TestMedia.video()
              .codec("libvpx")
              .container("webm")
              .group(5)
              .frames(40)
              .packets(bytes -> {
                if (packet[0]++ == 12) {
                  Arrays.fill(bytes, (byte) 0xff);
                }
                return bytes;
              })
              .bytes();
      MediaFacts facts =
          new FfmpegDecoder().decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, Frames.none());
      assertThat(facts.damagedFrames()).isBetween(1L, 4L);
      assertThat(facts.frames()).isBetween(36L, 40L);
    }
  }
}
