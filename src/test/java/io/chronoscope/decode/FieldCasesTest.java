package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.Frames.Span;
import io.chronoscope.testing.TestMedia;
import io.chronoscope.testing.TransportStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Odd media as people report them from the field: what is seen of each, as one chunk and as a file
/// that is cut into chunks. Most are 30 s of 24 frames a second.
class FieldCasesTest {

  private static final Path MEDIA = Path.of("src/test/resources/media");

  /// Two moments that belong to the same frame.
  private static final long SAME_MICROS = 3_000;

  /// Between two frames that follow each other.
  private static final long ADJACENT_MICROS = 45_000;

  @TempDir Path directory;

  /// A stretch of time that is seen without a pause, in seconds.
  record Seen(double from, double until) {

    static List<Seen> parse(String text) {
      List<Seen> all = new ArrayList<>();
      for (String one : text.split(" ")) {
        int dash = one.indexOf('-');
        all.add(
            new Seen(
                Double.parseDouble(one.substring(0, dash)),
                Double.parseDouble(one.substring(dash + 1))));
      }
      return all;
    }
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource({
    "01_bframes.mkv, 0-30, the first decoding times are missing",
    "02_cmaf_tfdt_3h_0.mp4, 0-4, the clock of a longer presentation",
    "02_cmaf_tfdt_3h_1.mp4, 0-4, the clock of a longer presentation",
    "03_dash_emptyedit_5s_0.mp4, 0-4, an empty edit in each fragment",
    "03_dash_emptyedit_5s_1.mp4, 0-4, an empty edit in each fragment",
    "03_dash_emptyedit_5s_2.mp4, 0-4, an empty edit in each fragment",
    "04_clock_back_at_8s.ts, 0-30.167, a clock that is set back after an incomplete frame",
    "06_trimmed_editlist.mp4, 0-23.5, an edit list that starts late",
    "07_mpts_7s.ts, 0-22.167, programs with other clocks",
    "08_video_12s_late.ts, 12.064-24.231, video that begins late",
    "10_trailer.mp4, 0-30, foreign bytes at the end",
    "11_pts_every_5th.ts, 0-30, times of every fifth frame only",
    "16_67_streams.ts, 0-4.167, as many streams as a transponder has",
    "12_intra_refresh.ts, 0-30, recovery points instead of key frames",
  })
  void isSeenAtTheSameTimesAsChunkAndAsFile(String file, String expected, String why)
      throws Exception {
    byte[] media = Files.readAllBytes(MEDIA.resolve(file));

    assertSeen(media, Seen.parse(expected));
  }

  /// Edit lists that begin within a frame's display, between frames that are reordered, or end
  /// early.
  @ParameterizedTest
  @CsvSource({"300, 23500, 0-23.458", "700, 23500, 0-23.417", "0, 10000, 0-10"})
  void showsOnlyWhatTheEditListShows(int laterByTicks, int durationMillis, String expected)
      throws Exception {
    byte[] media = Files.readAllBytes(MEDIA.resolve("06_trimmed_editlist.mp4"));
    ByteBuffer bytes = ByteBuffer.wrap(media);
    int edit = new String(media, StandardCharsets.ISO_8859_1).indexOf("elst") + 12;
    bytes.putInt(edit, durationMillis);
    bytes.putInt(edit + 4, bytes.getInt(edit + 4) + laterByTicks);

    Frames chunk = Frames.none();
    new FfmpegDecoder().decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, chunk);
    assertStretches(chunk.offered, Seen.parse(expected), "as a chunk");
    assertStretches(cutAndDecode(media), Seen.parse(expected), "as a file");
  }

  @Test
  void leavesOutIncompleteTransportPackets() throws Exception {
    byte[] whole = Files.readAllBytes(MEDIA.resolve("11_pts_every_5th.ts"));
    byte[] partial = java.util.Arrays.copyOfRange(whole, 100, whole.length - 88);

    Frames frames = Frames.none();
    MediaFacts facts =
        new FfmpegDecoder().decode(ByteBuffer.wrap(partial), DecodeLimits.DEFAULTS, frames);

    assertThat(facts.frames()).isBetween(716L, 720L);
    assertThat(facts.strayBytes()).isEqualTo(88 + 100);
  }

  @ParameterizedTest
  @CsvSource({
    "libopenh264, mp4, 0",
    "libopenh264, matroska, 0",
    "libopenh264, mpegts, 0",
    "mpeg4, avi, 0",
    "mpeg4, avi, 2",
    "mpeg4, matroska, 2",
    "mpeg4, mov, 2",
    "mpeg2video, mpegts, 2",
    "mpeg2video, vob, 2",
    "mpeg1video, mpeg, 2",
    "flv, flv, 0",
    "libopenh264, flv, 0",
    "wmv2, asf, 0",
    "msmpeg4, avi, 0",
    "mjpeg, avi, 0",
    "libvpx, webm, 0",
    "libvpx-vp9, webm, 0",
    "libaom-av1, matroska, 0",
    "mpeg2video, mpeg2video, 2",
    "mpeg1video, mpeg1video, 2",
  })
  void plainVideoIsSeenTheSameInEveryContainer(String codec, String container, int bFrames)
      throws Exception {
    byte[] media =
        TestMedia.video()
            .codec(codec)
            .container(container)
            .bFrames(bFrames)
            .frames(250)
            .group(25)
            .bytes();

    assertSeen(media, Seen.parse("0-10"));
  }

  /// Sound begins 4 s before the pictures.
  @ParameterizedTest
  @CsvSource({
    "mp4, 4-10",
    "mov, 4-10",
    "matroska, 4-10",
    // These have the encoder's delay of the sound in front.
    "mpegts, 4.064-10.064",
    "flv, 4.064-10.064",
  })
  void lateVideoLeavesAGapBefore(String container, String expected) throws Exception {
    byte[] media =
        TestMedia.video()
            .codec("libopenh264")
            .container(container)
            .startingAt(100)
            .frames(150)
            .withSound()
            .bytes();

    assertSeen(media, Seen.parse(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mp4", "mov", "matroska", "mpegts", "flv"})
  void stallIsAGap(String container) throws Exception {
    byte[] media =
        TestMedia.video()
            .codec("libopenh264")
            .container(container)
            .times(i -> i < 130 ? i : i + 200)
            .frames(250)
            .group(25)
            .bytes();

    assertSeen(media, Seen.parse("0-5.2 13.2-18"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mp4", "matroska", "mpegts", "flv"})
  void sparseFramesAreSeenThroughout(String container) throws Exception {
    byte[] media =
        TestMedia.video()
            .codec("libopenh264")
            .container(container)
            .times(i -> 50L * i)
            .frames(20)
            .group(1)
            .bytes();

    assertSeen(media, Seen.parse("0-40"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mp4", "matroska", "mpegts"})
  void foreignBytesAroundTheMediaAreLeftOut(String container) throws Exception {
    byte[] media = TestMedia.video().codec("libopenh264").container(container).frames(100).bytes();
    byte[] junk = new byte[100];
    java.util.Arrays.fill(junk, (byte) 0x2e);

    assertSeen(TransportStream.joined(junk, media, junk), Seen.parse("0-4"));
  }

  @Test
  void takesTheDefaultOrElseTheLargestOfTwoVideoTracks() throws Exception {
    byte[] small = TestMedia.video().codec("libvpx").container("webm").size(96, 64).bytes();
    byte[] large = TestMedia.video().codec("libvpx").container("webm").size(192, 128).bytes();

    MediaFacts largest = facts(TwoTracks.of(small, large, List.of(false, false)));
    MediaFacts stated = facts(TwoTracks.of(small, large, List.of(true, false)));

    assertThat(largest.widthPx()).isEqualTo(192);
    assertThat(largest.selection())
        .hasValue("of 2 video tracks, vp8 192x128 is used, not vp8 96x64");
    assertThat(stated.widthPx()).isEqualTo(96);
  }

  /// The name of the header's list of codecs becomes that of its content encryption.
  @Test
  void protectedAsfIsEncrypted() {
    byte[] media = TestMedia.video().codec("wmv2").container("asf").bytes();
    String text = new String(media, StandardCharsets.ISO_8859_1);
    byte[] codecs = HexFormat.of().parseHex("4052d1861d31d011a3a400a0c90348f6");
    int at = text.indexOf(new String(codecs, StandardCharsets.ISO_8859_1));
    byte[] encryption = HexFormat.of().parseHex("fbb3112223bdd211b4b700a0c955fc6e");
    System.arraycopy(encryption, 0, media, at, 16);

    UnreadableMediaException thrown =
        catchThrowableOfType(UnreadableMediaException.class, () -> facts(media));

    assertThat(thrown.rejection().detail())
        .isEqualTo("the video is encrypted (ASF content encryption)");
  }

  private static MediaFacts facts(byte[] media) throws UnreadableMediaException {
    return new FfmpegDecoder().decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, Frames.none());
  }

  @Test
  void scrambledTransportStreamIsEncrypted() {
    byte[] media = TestMedia.video().codec("libopenh264").container("mpegts").bytes();
    for (int at = 0; at < media.length; at += 188) {
      int pid = (media[at + 1] & 0x1f) << 8 | media[at + 2] & 0xff;
      if (pid == 0x100) {
        media[at + 3] |= (byte) 0x80;
      }
    }

    UnreadableMediaException thrown =
        catchThrowableOfType(
            UnreadableMediaException.class,
            () ->
                new FfmpegDecoder()
                    .decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, Frames.none()));

    assertThat(thrown.rejection())
        .isEqualTo(
            new Rejection(
                Reason.UNSUPPORTED_CODEC, "the video is encrypted (scrambled transport packets)"));
  }

  /// Which frames are seen when, by either way.
  private void assertSeen(byte[] media, List<Seen> expected) throws Exception {
    Frames chunk = Frames.none();
    MediaFacts facts =
        new FfmpegDecoder().decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, chunk);
    assertStretches(chunk.offered, expected, "as a chunk");
    List<Span> cut = cutAndDecode(media);
    assertStretches(cut, expected, "as a file");
    assertThat(cut.stream().map(Span::from).distinct().count())
        .as("frames of the file")
        .isCloseTo(facts.frames(), within(1L)); // two halves of a frame may be one
  }

  private static void assertStretches(List<Span> spans, List<Seen> expected, String how) {
    List<Seen> found = new ArrayList<>();
    long from = spans.getFirst().from();
    long until = from;
    for (Span span : spans) {
      if (span.from() - until > ADJACENT_MICROS) {
        found.add(new Seen(from / 1e6, until / 1e6));
        from = span.from();
      }
      until = Math.max(until, span.until());
    }
    found.add(new Seen(from / 1e6, until / 1e6));
    assertThat(found).as(how).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).from())
          .as(how)
          .isCloseTo(
              expected.get(i).from(), org.assertj.core.data.Offset.offset(SAME_MICROS / 1e6));
      assertThat(found.get(i).until())
          .as(how)
          .isCloseTo(expected.get(i).until(), org.assertj.core.data.Offset.offset(0.01));
    }
  }

  /// @return the frames of all segments, at their times in the file
  private List<Span> cutAndDecode(byte[] media) throws Exception {
    Path file = Files.write(directory.resolve("video"), media);
    List<MediaSegment> segments = new ArrayList<>();
    new MediaCutter().cut(file, Duration.ofSeconds(4), segments::add);
    List<Span> spans = new ArrayList<>();
    for (MediaSegment segment : segments) {
      Frames frames = Frames.none();
      new FfmpegDecoder().decode(segment.media(), DecodeLimits.DEFAULTS, frames);
      long start = segment.start().toNanos() / 1000;
      frames.offered.forEach(
          span -> spans.add(new Span(span.from() + start, span.until() + start)));
    }
    return spans;
  }
}
