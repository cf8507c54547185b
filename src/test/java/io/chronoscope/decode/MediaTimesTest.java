package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chronoscope.decode.MediaFacts.Gap;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.Frames.Span;
import io.chronoscope.testing.TestMedia;
import io.chronoscope.testing.TransportStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Segments with irregular timestamps. Frames last 40 ms unless stated otherwise.
class MediaTimesTest {

  private final Frames frames = Frames.all();

  private MediaFacts decode(byte[] media) throws UnreadableMediaException {
    return new FfmpegDecoder().decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, frames);
  }

  private Rejection rejected(byte[] media) {
    UnreadableMediaException thrown =
        catchThrowableOfType(UnreadableMediaException.class, () -> decode(media));
    assertThat(thrown).isNotNull();
    return thrown.rejection();
  }

  private static TestMedia ts(String codec) {
    return TestMedia.video().codec(codec).container("mpegts").group(5);
  }

  private static List<Long> every(long micros, int count) {
    return LongStream.range(0, count).map(i -> i * micros).boxed().toList();
  }

  private void assertInOrder() {
    for (int i = 1; i < frames.offered.size(); i++) {
      assertThat(frames.offered.get(i).from())
          .isGreaterThanOrEqualTo(frames.offered.get(i - 1).until());
    }
  }

  @Nested
  class ClockOfATransportStream {

    @ParameterizedTest
    @ValueSource(strings = {"libopenh264", "mpeg2video"})
    void isUnwrapped(String codec) throws Exception {
      long wrapsAtFrame = TransportStream.WRAPS_AT_TICKS * 25 / 90_000;

      MediaFacts facts = decode(ts(codec).startingAt(wrapsAtFrame - 10).bytes());

      assertThat(frames.times()).isEqualTo(every(40_000, 25));
      assertThat(facts.durationMicros()).isEqualTo(1_000_000);
      assertThat(facts.gaps()).isEmpty();
    }

    /// FFmpeg distinguishes a wrap from a jump by where the stream started.
    @Test
    void isUnwrappedLongAfterTheStart() throws Exception {
      long wrapsAtFrame = TransportStream.WRAPS_AT_TICKS * 5 / 90_000;

      decode(
          ts("mpeg4")
              .codec("libopenh264")
              .fps(5)
              .frames(600)
              .startingAt(wrapsAtFrame - 500)
              .bytes());

      assertThat(frames.times()).isEqualTo(every(200_000, 600));
    }
  }

  @Nested
  class FramesWithoutATime {

    @ParameterizedTest
    @ValueSource(strings = {"libopenh264", "mpeg2video"})
    void areSpacedEvenlyBetweenTheirNeighbors(String codec) throws Exception {
      byte[] media = TransportStream.withoutTimes(ts(codec).bytes(), picture -> picture % 5 == 0);

      MediaFacts facts = decode(media);

      assertThat(frames.times()).isEqualTo(every(40_000, 25));
      assertThat(facts.damagedFrames()).isZero();
      assertThat(facts.durationMicros()).isEqualTo(1_000_000);
    }

    @Test
    void areSpacedInPresentationOrder() throws Exception {
      byte[] media =
          TransportStream.withoutTimes(
              ts("mpeg2video").group(12).bFrames(2).bytes(), picture -> picture % 6 == 0);

      decode(media);

      assertInOrder();
      assertThat(frames.times()).hasSizeBetween(20, 25).startsWith(0L, 40_000L, 80_000L);
      assertThat(frames.offered.getLast().until()).isBetween(900_000L, 1_100_000L);
    }

    @Test
    void followAtTheFrameRateThatTheCodecStates() throws Exception {
      decode(TransportStream.withoutTimes(ts("mpeg2video").bytes(), picture -> false));

      assertThat(frames.times()).isEqualTo(every(40_000, 25));
    }

    @Test
    void areRejectedWhenNothingImpliesTheirTimes() {
      byte[] media = ts("libopenh264").bytes();

      assertThat(rejected(TransportStream.withoutTimes(media, picture -> false)))
          .satisfies(rejection -> {
            assertThat(rejection.reason()).isEqualTo(Reason.BAD_TIME);
            assertThat(rejection.detail())
                .isEqualTo(
                    "25 consecutive frames state no time, and the codec states no frame rate");
          });
      assertThat(
              rejected(
                      TransportStream.withoutTimes(
                          ts("libopenh264").frames(100).bytes(), picture -> picture < 2))
                  .reason())
          .isEqualTo(Reason.BAD_TIME);
      assertThat(frames.offered).hasSizeLessThanOrEqualTo(2);
    }
  }

  @Nested
  class Gaps {

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "matroska"})
    void variableFrameRateHasNone(String container) throws Exception {
      MediaFacts facts =
          decode(
              TestMedia.video()
                  .codec("libopenh264")
                  .container(container)
                  .times(frame -> (long) frame * frame)
                  .frames(12)
                  .bytes());

      List<Long> times = new ArrayList<>();
      for (long i = 0; i < 12; i++) {
        times.add(40_000 * i * i);
      }
      assertThat(frames.times()).isEqualTo(times);
      assertThat(frames.offered.get(10)).isEqualTo(new Span(4_000_000, 4_840_000));
      assertThat(facts.gaps()).isEmpty();
    }

    /// A camera that sends a picture every two seconds has no gaps.
    @Test
    void lowFrameRateHasNone() throws Exception {
      MediaFacts facts = decode(ts("libopenh264").fps(1, 2).frames(6).bytes());

      assertThat(frames.times()).isEqualTo(every(2_000_000, 6));
      assertThat(facts.gaps()).isEmpty();
      assertThat(facts.durationMicros()).isEqualTo(12_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"libopenh264", "mpeg2video"})
    void pauseInATransportStreamIsOne(String codec) throws Exception {
      MediaFacts facts = decode(ts(codec).times(i -> i < 10 ? i : i + 75).bytes());

      assertThat(facts.gaps()).containsExactly(new Gap(400_000, 3_400_000));
      assertThat(frames.offered)
          .contains(new Span(360_000, 400_000), new Span(3_400_000, 3_440_000));
      assertThat(facts.durationMicros()).isEqualTo(4_000_000);
    }

    /// Whether or not the container states the duration of each frame.
    @ParameterizedTest
    @ValueSource(strings = {"mp4", "matroska", "mpegts", "mov", "flv", "asf"})
    void pauseIsOneInEveryContainer(String container) throws Exception {
      MediaFacts facts =
          decode(
              TestMedia.video()
                  .codec(container.equals("asf") ? "mpeg4" : "libopenh264")
                  .container(container)
                  .times(i -> i < 10 ? i : i + 200)
                  .bytes());

      assertThat(facts.gaps()).containsExactly(new Gap(400_000, 8_400_000));
    }

    /// A camera that sends a picture every 1.5 s, and whose codec states 24 frames a second.
    @ParameterizedTest
    @ValueSource(strings = {"mp4", "matroska", "mpegts"})
    void sparseFramesHaveNone(String container) throws Exception {
      MediaFacts facts =
          decode(
              TestMedia.video()
                  .codec("mpeg2video")
                  .container(container)
                  .fps(24)
                  .frames(8)
                  .times(i -> i * 36L)
                  .bytes());

      assertThat(facts.gaps()).isEmpty();
      assertThat(facts.durationMicros()).isEqualTo(12_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "matroska", "mpegts"})
    void lateVideoAfterEarlyAudioIsOne(String container) throws Exception {
      MediaFacts facts =
          decode(
              TestMedia.video()
                  .codec("libopenh264")
                  .container(container)
                  .startingAt(100)
                  .withSound()
                  .bytes());

      assertThat(facts.gaps()).hasSize(1);
      assertThat(facts.gaps().getFirst().fromMicros()).isZero();
      assertThat(facts.gaps().getFirst().untilMicros())
          .isEqualTo(facts.firstFrameMicros())
          .isBetween(3_900_000L, 4_100_000L);
    }
  }

  @Nested
  class BackwardTime {

    @Test
    void dropsFramesBeforeTimeZero() throws Exception {
      MediaFacts facts = decode(TestMedia.video().startingAt(-10).bytes());

      assertThat(frames.times()).isEqualTo(every(40_000, 15));
      assertThat(facts.durationMicros()).isEqualTo(600_000);
    }

    @Test
    void dropsFramesThatRepeatTimes() throws Exception {
      byte[] first = ts("libopenh264").startingAt(1000).bytes();
      byte[] again = ts("libopenh264").startingAt(1015).bytes();

      MediaFacts facts = decode(TransportStream.joined(first, again));

      assertInOrder();
      assertThat(frames.times()).isEqualTo(every(40_000, 40));
      assertThat(facts.damagedFrames()).isEqualTo(10);
    }

    @Test
    void continuesWhereAClockWasSetBack() throws Exception {
      byte[] first = ts("libopenh264").startingAt(1000).bytes();
      byte[] back = ts("libopenh264").startingAt(250).bytes();

      MediaFacts facts = decode(TransportStream.joined(first, back));

      assertThat(frames.times()).isEqualTo(every(40_000, 50));
      assertThat(facts.damagedFrames()).isZero();
      assertThat(facts.gaps()).isEmpty();
    }
  }

  @Nested
  class ChangesWithinASegment {

    @ParameterizedTest
    @CsvSource({"libopenh264, 25", "mpeg2video, 24"})
    void continuesAfterASizeChange(String codec, int atLeast) throws Exception {
      byte[] small = ts(codec).startingAt(1000).bytes();
      byte[] tall = ts(codec).size(64, 128).startingAt(1025).bytes();

      MediaFacts facts = decode(TransportStream.joined(small, tall));

      assertInOrder();
      assertThat(facts.durationMicros()).isEqualTo(2_000_000);
      assertThat(frames.shown.stream().filter(one -> one.heightPx() == 64))
          .hasSizeBetween(atLeast, 25)
          .allSatisfy(one -> assertThat(one.widthPx()).isEqualTo(96));
      assertThat(frames.shown.stream().filter(one -> one.heightPx() == 128))
          .hasSize(25)
          .allSatisfy(one -> {
            assertThat(one.widthPx()).isEqualTo(64);
            assertThat(one.from()).isGreaterThanOrEqualTo(1_000_000);
          });
    }

    @ParameterizedTest
    @CsvSource({"libopenh264, mpeg2video", "mpeg2video, libopenh264"})
    void continuesAfterACodecChange(String codec, String other) throws Exception {
      byte[] one = ts(codec).startingAt(1000).bytes();
      byte[] next = ts(other).startingAt(1025).bytes();

      MediaFacts facts = decode(TransportStream.joined(one, next));

      assertInOrder();
      assertThat(facts.frames()).isBetween(48L, 50L);
      assertThat(facts.durationMicros()).isEqualTo(2_000_000);
      assertThat(frames.offered).contains(new Span(1_000_000, 1_040_000));
    }

    @Test
    void rejectsAnUnsupportedCodecInTheMiddle() {
      byte[] one = ts("libopenh264").startingAt(1000).bytes();
      byte[] next = ts("vc2").startingAt(1025).bytes();

      assertThat(rejected(TransportStream.joined(one, next)))
          .satisfies(rejection -> {
            assertThat(rejection.reason()).isEqualTo(Reason.UNSUPPORTED_CODEC);
            assertThat(rejection.detail()).contains("dirac");
          });
    }
  }
}
