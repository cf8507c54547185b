package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.TestMedia;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaCutterTest {

  @TempDir Path directory;

  private final FfmpegDecoder decoder = new FfmpegDecoder();

  @ParameterizedTest
  @CsvSource({
    "libopenh264, mp4, 0, 25, 1",
    "libopenh264, mpegts, 0, 30000, 1001",
    "libopenh264, matroska, 0, 30, 1",
    "mpeg4, mp4, 2, 24000, 1001",
    "mpeg4, matroska, 2, 25, 1",
    "mpeg2video, mpegts, 2, 25, 1",
    "mpeg2video, mov, 2, 30000, 1001",
    "libvpx, webm, 0, 30, 1",
    "libvpx-vp9, webm, 0, 24, 1",
    "libaom-av1, mp4, 0, 10, 1",
    "mjpeg, mov, 0, 12, 1",
  })
  void keepsFrameTimes(String codec, String container, int bFrames, int num, int den)
      throws Exception {
    TestMedia video =
        TestMedia.video()
            .codec(codec)
            .container(container)
            .bFrames(bFrames)
            .fps(num, den)
            .frames(75)
            .group(9);
    assertSameFrames(video.bytes(), Duration.ofMillis(700), 3);
    if (!container.equals("webm")) { // cannot carry this audio codec
      assertSameFrames(video.withSound().bytes(), Duration.ofMillis(700), 3);
    }
  }

  @Test
  void keepsAllFramesOfAnOpenGroup() throws Exception {
    byte[] media = TestMedia.video().codec("mpeg2video").bFrames(2).openGroups().frames(60).bytes();
    List<Long> times = new ArrayList<>();
    List<MediaSegment> segments = cut(media, Duration.ofMillis(900));
    for (MediaSegment segment : segments) {
      times.addAll(absoluteTimes(segment));
    }
    Frames whole = Frames.none();
    decoder.decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, whole);
    assertThat(segments).hasSizeGreaterThan(1);
    assertThat(times.stream().distinct().toList()).isEqualTo(whole.times());
    assertThat(times).hasSize(whole.times().size() + segments.size() - 1);
  }

  @Test
  void cutsContiguousSegmentsOfAtLeastTheTargetDuration() throws Exception {
    List<MediaSegment> segments =
        cut(
            TestMedia.video().codec("libopenh264").group(10).frames(100).bytes(),
            Duration.ofSeconds(1));
    Duration next = Duration.ZERO;
    for (MediaSegment segment : segments) {
      assertThat(segment.start()).isEqualTo(next);
      assertThat(segment.contentType()).isEqualTo("video/mp4");
      next = segment.start().plus(segment.duration());
    }
    assertThat(next).isEqualTo(Duration.ofSeconds(4));
    assertThat(segments.subList(0, segments.size() - 1))
        .allMatch(segment -> segment.duration().compareTo(Duration.ofSeconds(1)) >= 0);
    assertThat(segments).extracting(MediaSegment::index).containsExactly(0, 1, 2, 3);
  }

  @Test
  void keepsTheOffsetOfALateFirstFrame() throws Exception {
    List<MediaSegment> segments =
        cut(TestMedia.video().startingAt(10).withSound().frames(50).bytes(), Duration.ofSeconds(1));
    assertThat(segments.getFirst().start()).isEqualTo(Duration.ofMillis(400));
  }

  @Test
  void keepsRotation() throws Exception {
    MediaSegment segment =
        cut(TestMedia.video().turned(1).frames(5).bytes(), Duration.ofSeconds(1)).getFirst();
    MediaFacts facts = decoder.decode(segment.media(), DecodeLimits.DEFAULTS, Frames.none());
    assertThat(List.of(facts.widthPx(), facts.heightPx())).containsExactly(64, 96);
  }

  @ParameterizedTest
  @CsvSource({"libopenh264, h264, 0, 10", "mpeg2video, mpeg2video, 2, 12.5"})
  void countsTheStatedRateOfAnElementaryStream(
      String codec, String container, int bFrames, double fps) throws Exception {
    Path file =
        Files.write(
            directory.resolve("video"),
            TestMedia.video()
                .codec(codec)
                .container(container)
                .bFrames(bFrames)
                .group(25)
                .frames(50)
                .bytes());
    assertThat(MediaCutter.isElementaryStream(file)).isTrue();
    MediaCutter cutter = new MediaCutter(OptionalDouble.of(fps));
    Duration length = Duration.ofMillis(Math.round(50_000 / fps));
    assertThat(cutter.overview(file).duration()).isEqualTo(length);
    List<MediaSegment> segments = new ArrayList<>();
    cutter.cut(file, Duration.ofSeconds(1), segments::add);
    assertThat(segments).hasSize(2);
    List<Long> times = new ArrayList<>();
    for (MediaSegment segment : segments) {
      times.addAll(absoluteTimes(segment));
    }
    assertThat(times.stream().distinct())
        .containsExactlyElementsOf(
            LongStream.range(0, 50).mapToObj(frame -> Math.round(frame * 1e6 / fps)).toList());
  }

  @Test
  void refusesAnElementaryStreamWithoutAnyRate() throws Exception {
    Path file =
        Files.write(
            directory.resolve("video"),
            TestMedia.video().codec("libopenh264").container("h264").bytes());
    assertThatThrownBy(() -> new MediaCutter().cut(file, Duration.ofSeconds(1), segment -> {}))
        .isInstanceOfSatisfying(
            UnreadableMediaException.class,
            e -> {
              assertThat(e.rejection().reason()).isEqualTo(Reason.BAD_TIME);
              assertThat(e.rejection().detail()).contains("h264 video states no frame rate");
            });
  }

  @Test
  void knowsElementaryStreamsFromContainers() throws Exception {
    for (String container : List.of("mp4", "avi", "mpegts", "matroska")) {
      Path file =
          Files.write(directory.resolve("video"), TestMedia.video().container(container).bytes());
      assertThat(MediaCutter.isElementaryStream(file)).as(container).isFalse();
    }
  }

  @Test
  void rejectsAFileThatIsNotAVideo() throws Exception {
    Path text = Files.writeString(directory.resolve("notes.txt"), "not a video");
    assertThatThrownBy(() -> new MediaCutter().cut(text, Duration.ofSeconds(1), segment -> {}))
        .isInstanceOfSatisfying(
            UnreadableMediaException.class,
            e -> assertThat(e.rejection().reason()).isEqualTo(Reason.NOT_MEDIA));
    assertThatThrownBy(() ->
            new MediaCutter()
                .cut(directory.resolve("absent.mp4"), Duration.ofSeconds(1), segment -> {}))
        .isInstanceOf(java.nio.file.NoSuchFileException.class);
  }

  private void assertSameFrames(byte[] media, Duration target, int atLeast) throws Exception {
    Frames whole = Frames.none();
    MediaFacts facts = decoder.decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, whole);
    List<MediaSegment> segments = cut(media, target);
    assertThat(segments).hasSizeGreaterThanOrEqualTo(atLeast);
    List<Long> times = new ArrayList<>();
    for (MediaSegment segment : segments) {
      times.addAll(absoluteTimes(segment));
    }
    assertThat(times).hasSameSizeAs(whole.times());
    for (int i = 0; i < times.size(); i++) {
      // Start and time are each rounded to a microsecond.
      assertThat(Math.abs(times.get(i) - whole.times().get(i)))
          .as("frame %d of %s", i, facts)
          .isLessThanOrEqualTo(1);
    }
  }

  private List<Long> absoluteTimes(MediaSegment segment) throws UnreadableMediaException {
    Frames frames = Frames.none();
    MediaFacts facts = decoder.decode(segment.media(), DecodeLimits.DEFAULTS, frames);
    assertThat(facts.damagedFrames()).isZero();
    assertThat(facts.firstFrameMicros()).isZero();
    return frames.times().stream().map(time -> time + segment.start().toNanos() / 1000).toList();
  }

  private List<MediaSegment> cut(byte[] media, Duration target) throws Exception {
    Path file = Files.write(directory.resolve("video"), media);
    List<MediaSegment> segments = new ArrayList<>();
    assertThat(new MediaCutter().cut(file, target, segments::add)).isEqualTo(segments.size());
    return segments;
  }
}
