package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.decode.container.Mp4Box;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.TestMedia;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipTest {

  private static final long EPOCH = 1_767_323_045_000_000L;
  private static final DecodeLimits LIMITS = DecodeLimits.DEFAULTS;

  @TempDir Path directory;

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @ParameterizedTest
  @CsvSource({"libopenh264, mp4", "libopenh264, mpegts", "libvpx-vp9, webm", "libaom-av1, mp4"})
  void holdsEveryFrameOfItsRangeAtItsTime(String codec, String container) throws Exception {
    byte[] media =
        TestMedia.video().codec(codec).container(container).fps(25).frames(75).group(10).bytes();
    List<Long> frames = frameTimes(ByteBuffer.wrap(media), EPOCH);

    Clip clip = copy(parts(media), 900_000, 2_200_000);

    // Key frames are 0.4 s apart.
    List<Long> expected =
        frames.stream()
            .filter(time -> time >= EPOCH + 800_000 && time < EPOCH + 2_200_000)
            .toList();
    assertThat(clip.startMicros()).isEqualTo(EPOCH + 800_000);
    assertThat(clip.end()).isEqualTo(Clip.End.COMPLETE);
    assertThat(clipTimes(clip)).zipSatisfy(expected, ClipTest::sameFrame);
  }

  @Test
  void theIndexIsInFrontOfTheFrames() throws Exception {
    byte[] media = TestMedia.video().codec("libopenh264").fps(25).frames(25).group(25).bytes();

    copy(parts(media), 0, 1_000_000);

    assertThat(boxes(written.toByteArray())).startsWith("ftyp", "moov").contains("mdat");
  }

  private static List<String> boxes(byte[] mp4) throws UnreadableMediaException {
    MemorySegment bytes = MemorySegment.ofArray(mp4);
    List<String> types = new ArrayList<>();
    for (long at = 0; at < mp4.length; ) {
      Mp4Box box = Mp4Box.read(bytes, at, mp4.length);
      types.add(box.type());
      at = box.end();
    }
    return types;
  }

  @Test
  void aSegmentThatComesTwiceIsShownOnce() throws Exception {
    byte[] media = TestMedia.video().codec("libopenh264").fps(25).frames(75).group(10).bytes();
    List<ClipPart> parts = parts(media);
    List<ClipPart> twice = new ArrayList<>(parts);
    twice.add(1, parts.getFirst());

    assertThat(clipTimes(copy(twice, 0, 3_000_000))).hasSize(75);
  }

  @Test
  void timeThatIsMissingIsNoOtherTime() throws Exception {
    byte[] media = TestMedia.video().codec("libopenh264").fps(25).frames(25).group(25).bytes();
    List<ClipPart> apart =
        List.of(
            new ClipPart(ByteBuffer.wrap(media), EPOCH),
            new ClipPart(ByteBuffer.wrap(media), EPOCH + 5_000_000));

    List<Long> times = clipTimes(copy(apart, 0, 6_000_000));

    assertThat(times).hasSize(50);
    assertThat(times.get(25))
        .isCloseTo(EPOCH + 5_000_000, org.assertj.core.data.Offset.offset(20L));
  }

  @Test
  void endsWhereTheVideoChanges() throws Exception {
    byte[] small = TestMedia.video().codec("libopenh264").size(64, 48).frames(25).bytes();
    byte[] large = TestMedia.video().codec("libopenh264").size(96, 64).frames(25).bytes();

    Clip clip =
        copy(
            List.of(
                new ClipPart(ByteBuffer.wrap(small), EPOCH),
                new ClipPart(ByteBuffer.wrap(large), EPOCH + 1_000_000)),
            0,
            2_000_000);

    assertThat(clip.end()).isEqualTo(Clip.End.MEDIA_CHANGES);
    assertThat(clip.endMicros()).isLessThanOrEqualTo(EPOCH + 1_000_000);
  }

  @Test
  void whatABrowserCannotPlayIsSaidOrEncodedAgain() throws Exception {
    byte[] media =
        TestMedia.video().codec("mpeg2video").container("mpegts").fps(25).frames(50).bytes();
    ByteBuffer buffer = ByteBuffer.wrap(media);
    List<Long> frames = frameTimes(buffer, EPOCH);
    try (ClipCopier copier = new ClipCopier(EPOCH, EPOCH + 1, LIMITS, size -> {})) {
      assertThatThrownBy(() -> copier.append(new ClipPart(buffer, EPOCH)))
          .isInstanceOf(NotPlayableException.class)
          .hasMessageContaining("mpeg2video");
    }
    try (ClipEncoder encoder =
        new ClipEncoder(EPOCH + 500_000, EPOCH + 1_500_000, LIMITS, size -> {})) {
      encoder.append(new ClipPart(buffer, EPOCH));
      Clip clip = encoder.finish(this::write);

      assertThat(clipTimes(clip))
          .zipSatisfy(
              frames.stream()
                  .filter(time -> time > EPOCH + 460_000 && time < EPOCH + 1_500_000)
                  .toList(),
              ClipTest::sameFrame);
      assertThat(MediaProbe.of(read(), LIMITS))
          .isEqualTo(new MediaProbe.Found("video/mp4", "h264"));
    }
  }

  @Test
  void stopsWhenItIsTold() throws Exception {
    byte[] media = TestMedia.video().codec("libopenh264").frames(50).bytes();

    try (ClipCopier copier =
        new ClipCopier(
            EPOCH,
            EPOCH + 10_000_000,
            LIMITS,
            size -> {
              if (size > 1000) {
                throw new IllegalStateException("too large");
              }
            })) {
      assertThatThrownBy(() -> copier.append(new ClipPart(ByteBuffer.wrap(media), EPOCH)))
          .hasMessage("too large");
    }
  }

  @Test
  void aPlayableSegmentHasAllFrames() throws Exception {
    byte[] media =
        TestMedia.video().codec("libopenh264").container("mpegts").fps(25).frames(30).bytes();

    PlayableSegment segment = PlayableSegment.of(MemorySegment.ofArray(media), LIMITS);

    ByteBuffer whole =
        ByteBuffer.allocate(segment.initialization().remaining() + segment.media().remaining())
            .put(segment.initialization())
            .put(segment.media())
            .flip();
    assertThat(frameTimes(whole, EPOCH))
        .zipSatisfy(frameTimes(ByteBuffer.wrap(media), EPOCH), ClipTest::sameFrame);
  }

  @Test
  void aThumbnailIsAJpegOfTheSizeAskedFor() {
    try (Picture picture = Picture.allocate(640, 360)) {
      picture.rgb().fill((byte) 100);

      byte[] jpeg = JpegEncoder.encode(picture, 320);

      assertThat(jpeg).startsWith(0xFF, 0xD8, 0xFF);
      assertThat(java.util.HexFormat.of().formatHex(jpeg)).contains("ffc0001108" + "00b4" + "0140");
    }
  }

  private static void sameFrame(Long actual, Long expected) {
    assertThat(actual).isCloseTo(expected, org.assertj.core.data.Offset.offset(1_000L));
  }

  private Clip copy(List<ClipPart> parts, long from, long to) throws Exception {
    try (ClipCopier copier = new ClipCopier(EPOCH + from, EPOCH + to, LIMITS, size -> {})) {
      for (int i = 0; i < parts.size(); i++) {
        boolean before = i + 1 < parts.size() && parts.get(i + 1).startMicros() <= EPOCH + from;
        if (!before && !copier.append(parts.get(i))) {
          break;
        }
      }
      return copier.finish(this::write);
    }
  }

  private List<ClipPart> parts(byte[] media) throws Exception {
    Path file = Files.write(directory.resolve("source"), media);
    List<ClipPart> parts = new ArrayList<>();
    new MediaCutter()
        .cut(
            file,
            Duration.ofMillis(700),
            segment ->
                parts.add(new ClipPart(segment.media(), EPOCH + segment.start().toNanos() / 1000)));
    return parts;
  }

  private void write(MemorySegment bytes) {
    written.writeBytes(bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  private ByteBuffer read() {
    return ByteBuffer.wrap(written.toByteArray());
  }

  private List<Long> clipTimes(Clip clip) throws Exception {
    return frameTimes(read(), clip.startMicros());
  }

  private static List<Long> frameTimes(ByteBuffer media, long zero) throws Exception {
    List<Long> times = new ArrayList<>();
    new FfmpegDecoder()
        .decode(
            media,
            LIMITS,
            new MediaDecoder.FrameSink() {
              @Override
              public boolean wants(long from, long until) {
                times.add(zero + from);
                return false;
              }

              @Override
              public void frame(long from, long until, Picture picture) {
                picture.close();
              }
            });
    return times;
  }
}
