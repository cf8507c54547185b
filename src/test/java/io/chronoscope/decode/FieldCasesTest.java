package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.testing.Frames;
import io.chronoscope.testing.Frames.Span;
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
    "04_clock_back_at_8s.ts, 0-30.2, a clock that is set back",
    "06_trimmed_editlist.mp4, 0-23.5, an edit list that starts late",
    "07_mpts_7s.ts, 0-22.167, programs with other clocks",
    "08_video_12s_late.ts, 12.064-24.231, video that begins late",
    "10_trailer.mp4, 0-30, foreign bytes at the end",
    "11_pts_every_5th.ts, 0-30, times of every fifth frame only",
    "12_intra_refresh.ts, 0-30, recovery points instead of key frames",
  })
  void isSeenAtTheSameTimesAsChunkAndAsFile(String file, String expected, String why)
      throws Exception {
    byte[] media = Files.readAllBytes(MEDIA.resolve(file));

    assertSeen(media, Seen.parse(expected));
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
        .isEqualTo(facts.frames());
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
