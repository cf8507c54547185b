package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.decode.bitstream.BrokenBytes;
import io.chronoscope.decode.bitstream.Dependence;
import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.decode.container.TransportLosses;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.Frames.Span;
import io.chronoscope.testing.TestMedia;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is damaged of a segment is reported, and no frame of it is shown.
class DamagedMediaTest {

  private static final Path MEDIA = Path.of("src/test/resources/media");
  private static final int TS_PACKET = 188;

  private final Frames frames = Frames.none();

  private MediaFacts decode(byte[] media) throws UnreadableMediaException {
    return new FfmpegDecoder().decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, frames);
  }

  /// Gaps by damage and shorter damage, in order.
  private static List<Span> damaged(MediaFacts facts) {
    List<Span> spans = new ArrayList<>();
    facts.damage().forEach(one -> spans.add(new Span(one.fromMicros(), one.untilMicros())));
    facts.gaps().stream()
        .filter(gap -> gap.cause() == MediaFacts.Gap.Cause.DAMAGED)
        .forEach(gap -> spans.add(new Span(gap.fromMicros(), gap.untilMicros())));
    return spans;
  }

  @ParameterizedTest
  @CsvSource({
    "05_zeroed_11_21.mp4, 10.917, 22",
    "silent-burst20-h264.ts, 1.04, 1.92",
    "silent-burst20-mpeg2.ts, 0.25, 1",
    "silent-tail25-vp9.webm, 1.6, 2",
    "silent-zero1k-h264.mp4, 0.56, 0.96",
    "silent-zero4k-vp8.webm, 0.88, 2",
  })
  void isToldAndNotShown(String file, double fromSeconds, double untilSeconds) throws Exception {
    MediaFacts facts = decode(Files.readAllBytes(MEDIA.resolve(file)));

    List<Span> damaged = damaged(facts);
    assertThat(damaged.stream().mapToLong(Span::from).min().orElseThrow() / 1e6)
        .isCloseTo(fromSeconds, within(0.001));
    assertThat(damaged.stream().mapToLong(Span::until).max().orElseThrow() / 1e6)
        .isCloseTo(untilSeconds, within(0.001));
    assertThat(frames.offered)
        .allSatisfy(shown ->
            assertThat(damaged)
                .noneMatch(hole -> hole.from() < shown.until() && shown.from() < hole.until()));
  }

  @ParameterizedTest
  @CsvSource({"silent-drop1-hevc.ts", "silent-drop10-hevc.ts"})
  void refusesASegmentWithoutAnIntactFrame(String file) throws Exception {
    byte[] media = Files.readAllBytes(MEDIA.resolve(file));
    assertThatExceptionOfType(UnreadableMediaException.class)
        .isThrownBy(() -> decode(media))
        .satisfies(e -> assertThat(e.rejection().reason()).isEqualTo(Reason.CORRUPT));
  }

  @Test
  void endsWithTheNextKeyFrame() throws Exception {
    int[] packet = {0};
    byte[] media =
        TestMedia.video()
            .codec("libopenh264")
            .group(10)
            .frames(40)
            .packets(bytes -> {
              if (packet[0]++ == 14) {
                Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0);
              }
              return bytes;
            })
            .bytes();

    assertThat(damaged(decode(media))).containsExactly(new Span(14 * 40_000, 20 * 40_000));
    assertThat(frames.offered).hasSize(34);
  }

  @Test
  void isLongerThanTheLimitWhereItIsAGap() throws Exception {
    MediaFacts facts =
        new MediaFacts("mp4", "h264", 96, 64, 4_000_000, 0, 100, 0).lasting(4_600_000);

    assertThat(facts.withDamageUpTo(Duration.ofMillis(500)).gaps())
        .containsExactly(new MediaFacts.Gap(4_000_000, 4_600_000, MediaFacts.Gap.Cause.DAMAGED));
    assertThat(facts.withDamageUpTo(Duration.ofMillis(700)).damage())
        .containsExactly(new MediaFacts.Damage(4_000_000, 4_600_000));
  }

  @Nested
  class TransportPackets {

    private final byte[] whole =
        TestMedia.video()
            .codec("libopenh264")
            .container("mpegts")
            .group(10)
            .size(320, 240)
            .frames(30)
            .bytes();

    /// A packet within a picture, by its number in the stream.
    private final int inner = find(whole, 256, 3);

    /// The packet with which the first picture begins.
    private final int first = find(whole, 0x4000 | 256, 1);

    private static int find(byte[] media, int soughtHead, int count) {
      int found = 0;
      for (int packet = 0; packet * TS_PACKET < media.length; packet++) {
        int head =
            (media[packet * TS_PACKET + 1] & 0xff) << 8 | media[packet * TS_PACKET + 2] & 0xff;
        if (head == soughtHead && ++found == count) {
          return packet;
        }
      }
      throw new IllegalStateException("all pictures fit into a packet");
    }

    private TransportLosses losses(byte[] media) {
      return TransportLosses.find(MemorySegment.ofArray(media), 0, TS_PACKET, 256);
    }

    @Test
    void areCounted() {
      assertThat(losses(whole).incomplete()).isEmpty();
      byte[] lost = without(whole, inner);
      assertThat(losses(lost).incomplete())
          .hasSize(1)
          .allMatch(at -> at < (long) inner * TS_PACKET);
    }

    @Test
    void mayBeMarkedAsErroneous() {
      byte[] marked = whole.clone();
      marked[inner * TS_PACKET + 1] |= (byte) 0x80;
      assertThat(losses(marked).incomplete()).hasSize(1);
    }

    @Test
    void mayRepeat() {
      byte[] repeated = new byte[whole.length + TS_PACKET];
      System.arraycopy(whole, 0, repeated, 0, (inner + 1) * TS_PACKET);
      System.arraycopy(
          whole,
          inner * TS_PACKET,
          repeated,
          (inner + 1) * TS_PACKET,
          whole.length - inner * TS_PACKET);
      assertThat(losses(repeated).incomplete()).isEmpty();
    }

    @Test
    void mayBeOfTheFirstPicture() throws Exception {
      assertThat(losses(whole).beginsTorn()).isFalse();
      byte[] torn = without(whole, first);
      assertThat(losses(torn).beginsTorn()).isTrue();
      // Its time counts all the same.
      assertThat(decode(torn).durationMicros()).isEqualTo(decode(whole).durationMicros());
    }

    @Test
    void mayHideSeveralPictures() throws Exception {
      int third = find(whole, 0x4000 | 256, 2);
      byte[] torn = whole.clone();
      Arrays.fill(torn, TS_PACKET, (third + 1) * TS_PACKET, (byte) 0);

      DecodeLimits stated =
          DecodeLimits.DEFAULTS.withStatedDuration(Optional.of(Duration.ofMillis(1200)));
      MediaFacts facts = new FfmpegDecoder().decode(ByteBuffer.wrap(torn), stated, frames);

      // The end is where the envelope says, so that the key frame at 0.4 s is there.
      assertThat(facts.durationMicros()).isEqualTo(1_200_000);
      assertThat(frames.times()).startsWith(400_000L);
    }

    @Test
    void mayBeOfAHeader() {
      byte[] headless = whole.clone();
      int start = first * TS_PACKET;
      int header = start + 4 + ((headless[start + 3] & 0x20) == 0 ? 0 : 1 + headless[start + 4]);
      headless[header + 2] = 0;
      assertThat(losses(headless).beginsTorn()).isTrue();
    }

    private static byte[] without(byte[] media, int packet) {
      byte[] less = new byte[media.length - TS_PACKET];
      System.arraycopy(media, 0, less, 0, packet * TS_PACKET);
      System.arraycopy(
          media,
          (packet + 1) * TS_PACKET,
          less,
          packet * TS_PACKET,
          less.length - packet * TS_PACKET);
      return less;
    }
  }

  @Nested
  class StartCodes {

    private static boolean areBroken(VideoCodec codec, int... packet) {
      ByteBuffer bytes = ByteBuffer.allocate(packet.length);
      Arrays.stream(packet).forEach(value -> bytes.put((byte) value));
      return BrokenBytes.of(codec, ByteBuffer.allocate(0)).in(bytes.flip());
    }

    @Test
    void areThoseOfTheCodec() {
      assertThat(areBroken(VideoCodec.MPEG4_PART2, 0, 0, 1, 0xb6, 9)).isFalse();
      assertThat(areBroken(VideoCodec.MPEG4_PART2, 0, 0, 1, 0xf6, 9)).isTrue();
      assertThat(areBroken(VideoCodec.MPEG2, 0, 0, 1, 0xb3, 9)).isFalse();
      assertThat(areBroken(VideoCodec.MPEG2, 0, 0, 1, 0xb6, 9)).isTrue();
    }
  }

  @Nested
  class Spreading {

    private final DamageSpread spread = new DamageSpread();

    @Test
    void reachesLeadingPicturesOfTheNextKeyFrame() {
      spread.reaches(Dependence.NOTHING, 0);
      spread.reaches(Dependence.BEFORE, 1);
      spread.startAt(Dependence.BEFORE);

      assertThat(spread.reaches(Dependence.BEFORE_ONLY, 2)).isTrue();
      assertThat(spread.reaches(Dependence.NOTHING, 10)).isFalse();
      assertThat(spread.reaches(Dependence.BEFORE_ONLY, 9)).isTrue();
      assertThat(spread.reaches(Dependence.BEFORE, 11)).isFalse();
    }

    @Test
    void stopsAtAPictureThatNoneDependsOn() {
      spread.reaches(Dependence.NOTHING, 0);
      spread.reaches(Dependence.BEFORE_ONLY, 1);
      spread.startAt(Dependence.BEFORE_ONLY);
      assertThat(spread.reaches(Dependence.BEFORE, 2)).isFalse();
    }

    @Test
    void endsWhenThePicturesHaveRefreshedThemselves() {
      spread.startAfter();
      assertThat(spread.reaches(new Dependence.RefreshedAfter(2), 1)).isTrue();
      assertThat(spread.reaches(Dependence.BEFORE, 2)).isTrue();
      assertThat(spread.reaches(Dependence.BEFORE, 3)).isFalse();
    }
  }
}
