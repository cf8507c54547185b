package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.StreamFixture.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.TestMedia;
import io.chronoscope.testing.TransportStream;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Real segments whose size, codec or times change. In all of them the upper half of the picture,
/// which is the lamp `a`, is lit from 3 s to 7 s; windows are ten seconds long and sampled at 2
/// fps.
class MediaInDisorderTest {

  /// Uses frames at their own size, rounded down to whole tokens.
  private static final class SizedModel extends LampModel {
    final Set<FrameSize> sizes = ConcurrentHashMap.newKeySet();

    @Override
    public FrameSize frameSize(FrameSize nativeSize, long maxPixels) {
      if (nativeSize.widthPx() < 28) {
        throw new IllegalArgumentException("a side is shorter than a token");
      }
      return new FrameSize(nativeSize.widthPx() / 28 * 28, nativeSize.heightPx() / 28 * 28);
    }

    @Override
    public List<EncodedPair> encode(List<FramePair> pairs) {
      for (FramePair pair : pairs) {
        assertThat(ChunkReader.sizeOf(pair.first())).isEqualTo(ChunkReader.sizeOf(pair.second()));
        sizes.add(ChunkReader.sizeOf(pair.first()));
      }
      return super.encode(pairs);
    }
  }

  private final SizedModel model = new SizedModel();

  private final StreamFixture fixture = new StreamFixture(model).decoder(new FfmpegDecoder());

  private final List<Chunk> chunks = new ArrayList<>();

  private final List<Result> results = new ArrayList<>();

  @AfterEach
  void close() {
    fixture.close();
  }

  /// 25 frames a second, lit at the right time of the stream; times in the segment start at 0.
  private static TestMedia media(double fromSeconds, double seconds) {
    long first = Math.round(fromSeconds * 25);
    return TestMedia.video()
        .codec("libopenh264")
        .container("mpegts")
        .group(5)
        .size(112, 84)
        .frames((int) Math.round(seconds * 25))
        .lit(tick -> first + tick >= 75 && first + tick < 175);
  }

  /// The same, with times that start at `firstTick`.
  private static TestMedia media(double fromSeconds, double seconds, long firstTick) {
    long first = Math.round(fromSeconds * 25);
    return media(fromSeconds, seconds)
        .startingAt(firstTick)
        .lit(tick -> first + tick - firstTick >= 75 && first + tick - firstTick < 175);
  }

  @Test
  void aPictureTooNarrowForTheModelIsRefusedAsSuch() {
    send(0, media(0, 2).bytes());
    send(2, media(2, 2).size(16, 84).bytes());
    run();

    assertThat(all(DeadLetter.class))
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.rejection().reason()).isEqualTo(Reason.PICTURE_TOO_NARROW);
          assertThat(letter.rejection().detail()).contains("a side is shorter than a token");
        });
  }

  private void send(double start, byte[] media) {
    send(start, Optional.empty(), media);
  }

  private void send(double start, Optional<Duration> duration, byte[] media) {
    send(chunks.size(), start, duration, media);
  }

  private void send(long number, double start, Optional<Duration> duration, byte[] media) {
    chunks.add(
        new Chunk(
            "cam",
            new ChunkOrigin("video.chunks", 0, chunks.size()),
            Optional.of(at(start)),
            NOON,
            OptionalLong.of(number),
            duration,
            ByteBuffer.wrap(media)));
  }

  private static Instant at(double seconds) {
    return NOON.plusMillis(Math.round(seconds * 1000));
  }

  private void run() {
    AnalysisSettings settings =
        LampModel.settings(
            new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2)), Duration.ofMinutes(10));
    try (StreamLifecycle lifecycle =
        new StreamLifecycle(
            "cam",
            settings,
            fixture.tools(),
            Optional.empty(),
            commit -> results.addAll(commit.results()))) {
      lifecycle.start();
      chunks.forEach(lifecycle::accept);
      lifecycle.accept(new EndOfStream("cam", new ChunkOrigin("video.chunks", 0, chunks.size())));
    }
  }

  private <R extends Result> List<R> all(Class<R> kind) {
    return results.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private void assertLitFromThreeToSeven() {
    assertThat(lit())
        .singleElement()
        .satisfies(event -> {
          assertThat(event.start()).isEqualTo(at(3));
          assertThat(event.end()).isEqualTo(at(7));
        });
    assertThat(all(DeadLetter.class)).isEmpty();
  }

  private List<VideoEvent> lit() {
    return all(VideoEvent.class).stream()
        .filter(event -> event.description().contains("aaa"))
        .filter(event -> event.status() == Status.CLOSED)
        .toList();
  }

  @Nested
  class Chunks {

    @Test
    void mayBeDamagedInPart() {
      Optional<Duration> two = Optional.of(Duration.ofSeconds(2));
      int[] packet = {0};
      send(0, two, media(0, 2).bytes());
      // Damaged from its 26th frame to its next key frame, and from its 32nd.
      send(
          2,
          two,
          media(2, 2)
              .packets(bytes -> {
                if (packet[0]++ == 26 || packet[0] >= 32) {
                  Arrays.fill(bytes, bytes.length / 3, bytes.length, (byte) 0xa5);
                }
                return bytes;
              })
              .bytes());
      send(4, two, media(4, 2).bytes());
      run();

      assertThat(all(Gap.class))
          .singleElement()
          .satisfies(gap -> {
            assertThat(gap.cause()).isEqualTo(Cause.DAMAGED);
            assertThat(gap.start()).isEqualTo(at(3.24));
            assertThat(gap.end()).isEqualTo(at(4));
          });
      assertThat(all(VideoEvent.class))
          .anySatisfy(event -> assertThat(event.sampling().damagedMs()).isEqualTo(160));
    }

    @Test
    void mayBeShuffledDuplicatedOverlappingLateOrMissing() {
      Optional<Duration> two = Optional.of(Duration.ofSeconds(2));
      send(0, 0, two, media(0, 2).bytes());
      send(2, 4, two, media(4, 2).bytes());
      send(1, 2, two, media(2, 2).bytes());
      send(2, 4, two, media(4, 2).bytes());
      send(3, 5, Optional.of(Duration.ofSeconds(3)), media(5, 3).bytes());
      for (int number = 5; number < 11; number++) {
        send(number, 2 * number, two, media(2 * number, 2).bytes());
      }
      send(4, 8, two, media(8, 2).bytes());
      run();

      assertThat(lit())
          .singleElement()
          .satisfies(event -> {
            assertThat(event.start()).isEqualTo(at(3));
            assertThat(event.end()).isEqualTo(at(7));
          });
      assertThat(all(Gap.class))
          .singleElement()
          .satisfies(gap -> {
            assertThat(gap.cause()).isEqualTo(Cause.MISSING);
            assertThat(gap.start()).isEqualTo(at(8));
            assertThat(gap.end()).isEqualTo(at(10));
          });
      assertThat(all(DeadLetter.class))
          .extracting(letter -> letter.rejection().reason() + " " + letter.origin().offset())
          .containsExactly("LATE 11");
      assertThat(all(StreamEnd.class)).extracting(StreamEnd::end).containsExactly(at(22));
    }
  }

  @Nested
  class Formats {

    @Test
    void mayChangeTheirSizeWithinAWindow() {
      send(0, media(0, 4).bytes());
      send(4, media(4, 1).size(56, 112).bytes());
      send(5, media(5, 7).size(168, 112).bytes());
      run();

      assertLitFromThreeToSeven();
      assertThat(all(Gap.class)).isEmpty();
      // One size per window: that of most of its frames.
      assertThat(model.sizes).containsExactly(new FrameSize(168, 112));
      assertThat(all(VideoEvent.class).getFirst().sampling().frameWidthPx()).isEqualTo(168);
    }

    @Test
    void mayChangeTheirSizeWithinAChunk() {
      send(
          0,
          TransportStream.joined(
              media(0, 5, 1000).bytes(), media(5, 5, 1125).size(84, 112).bytes()));
      run();

      assertLitFromThreeToSeven();
      assertThat(all(Gap.class)).isEmpty();
      assertThat(all(StreamEnd.class)).extracting(StreamEnd::end).containsExactly(at(10));
    }

    @Test
    void mayChangeTheirCodecAndContainerBetweenChunks() {
      send(0, media(0, 2).bytes());
      send(2, media(2, 2).codec("mpeg4").container("mp4").bFrames(2).bytes());
      send(4, media(4, 2).codec("libvpx-vp9").container("webm").bytes());
      send(6, media(6, 2).codec("mpeg2video").bFrames(2).bytes());
      send(8, media(8, 4).codec("libopenh264").container("matroska").bytes());
      run();

      assertLitFromThreeToSeven();
      assertThat(all(Gap.class)).isEmpty();
    }

    @Test
    void mayChangeTheirCodecWithinAChunk() {
      send(
          0,
          TransportStream.joined(
              media(0, 5, 1000).bytes(), media(5, 5, 1125).codec("mpeg2video").bytes()));
      run();

      assertLitFromThreeToSeven();
      assertThat(all(Gap.class)).isEmpty();
      assertThat(all(StreamEnd.class)).extracting(StreamEnd::end).containsExactly(at(10));
    }
  }

  @Nested
  class Times {

    @Test
    void mayWrapWithinAChunkAndBetweenChunks() {
      long wraps = TransportStream.WRAPS_AT_TICKS * 25 / 90_000;
      send(0, media(0, 4, wraps - 50).bytes()); // wraps after two seconds
      send(4, media(4, 4, 50).bytes());
      send(8, media(8, 4, 150).bytes());
      run();

      assertLitFromThreeToSeven();
      assertThat(all(Gap.class)).isEmpty();
    }

    @Test
    void mayBeMissingForSomeFrames() {
      send(0, TransportStream.withoutTimes(media(0, 6).bytes(), picture -> picture % 10 == 0));
      send(6, TransportStream.withoutTimes(media(6, 6).bytes(), picture -> picture % 7 == 0));
      run();

      assertLitFromThreeToSeven();
      assertThat(all(Gap.class)).isEmpty();
    }

    @Test
    void mustNotBeMissingForAllFrames() {
      send(0, media(0, 2).bytes());
      send(2, TransportStream.withoutTimes(media(2, 2).bytes(), picture -> false));
      send(4, media(4, 4).bytes());
      run();

      assertThat(all(DeadLetter.class))
          .extracting(letter -> letter.rejection().reason())
          .containsExactly(Reason.BAD_TIME);
      assertThat(all(Gap.class))
          .singleElement()
          .satisfies(gap -> {
            assertThat(gap.cause()).isEqualTo(Cause.UNREADABLE);
            assertThat(gap.start()).isEqualTo(at(2));
            assertThat(gap.end()).isEqualTo(at(4));
          });
      assertThat(lit()).singleElement().satisfies(e -> assertThat(e.end()).isEqualTo(at(7)));
    }

    /// What an edit list skips was in the chunk before.
    @Test
    void mayBeBeforeZero() {
      send(0, media(0, 4).bytes());
      send(4, media(3, 5, -25).codec("mpeg4").container("mp4").bytes());
      send(8, media(8, 4).bytes());
      run();

      assertLitFromThreeToSeven();
      assertThat(all(Gap.class)).isEmpty();
    }

    @Test
    void mayHaveAVariableFrameRate() {
      // Ten a second, then one a second, then 25 a second; the change of the light is a
      // frame.
      send(
          0,
          TestMedia.video()
              .codec("libopenh264")
              .container("matroska")
              .size(112, 84)
              .frames(36)
              .times(i -> i < 30 ? i * 5L / 2 : 75 + (i - 30) * 25L)
              .lit(tick -> tick >= 75 && tick < 175)
              .bytes());
      send(9, media(9, 3).bytes());
      run();

      assertThat(lit())
          .singleElement()
          .satisfies(event -> {
            assertThat(event.start()).isEqualTo(at(3));
            // The frame at 7 s is shown from then on.
            assertThat(event.end()).isEqualTo(at(7));
          });
      assertThat(all(Gap.class)).isEmpty();
    }

    @Test
    void mayLeaveAGapWithinAChunk() {
      send(
          0,
          media(0, 4)
              .frames(50)
              .times(i -> i < 25 ? i : i + 50L)
              .lit(tick -> tick >= 75 && tick < 175)
              .bytes());
      send(4, media(4, 8).bytes());
      run();

      assertThat(all(Gap.class))
          .singleElement()
          .satisfies(gap -> {
            assertThat(gap.cause()).isEqualTo(Cause.MISSING);
            assertThat(gap.start()).isEqualTo(at(1));
            assertThat(gap.end()).isEqualTo(at(3));
          });
      assertLitFromThreeToSeven();
      assertThat(all(StreamEnd.class)).extracting(StreamEnd::notSeenMs).containsExactly(2000L);
    }

    @Test
    void continueWhereAClockIsSetBackWithinAChunk() {
      send(0, media(0, 2).bytes());
      send(
          2,
          Optional.of(Duration.ofSeconds(2)),
          TransportStream.joined(media(2, 1, 5000).bytes(), media(3, 1, 4000).bytes()));
      send(4, media(4, 4).bytes());
      run();

      assertThat(all(DeadLetter.class)).isEmpty();
      assertThat(all(Gap.class)).isEmpty();
      assertLitFromThreeToSeven();
    }
  }
}
