package io.chronoscope.decode.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.MediaCutter;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.TestMedia;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Boxes that lie about themselves, and the reason that each is refused with before FFmpeg sees it.
class Mp4BoxesTest {

  private static final int MANY = 85_000_000;

  @TempDir Path directory;

  private static byte[] join(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    Arrays.stream(parts).forEach(all::put);
    return all.array();
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    Arrays.stream(values).forEach(bytes::putInt);
    return bytes.array();
  }

  private static byte[] name(String fourCc) {
    return fourCc.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] sized(int size, String type, byte[]... content) {
    return join(ints(size), name(type), join(content));
  }

  private static byte[] box(String type, byte[]... content) {
    return sized(8 + join(content).length, type, content);
  }

  private static byte[] handler(String type) {
    return box("hdlr", ints(0, 0), name(type), ints(0, 0, 0));
  }

  private static byte[] movie(String handler, byte[]... tables) {
    byte[] media = box("mdia", handler(handler), box("minf", box("stbl", tables)));
    return join(
        box("ftyp", name("isom")), box("mdat", ints(0, 0)), box("moov", box("trak", media)));
  }

  private static byte[] fragments(byte[]... boxes) {
    byte[] extends1 = box("mvex", box("trex", ints(0, 1, 1, 1, 50, 0)));
    return join(
        box("moov", box("trak", handler("vide")), extends1),
        box("moof", box("traf", boxes)),
        box("mdat", new byte[100]));
  }

  private static Mp4Boxes.Contents check(byte[] media) throws UnreadableMediaException {
    return new Mp4Boxes(MemorySegment.ofArray(media), DecodeLimits.DEFAULTS.maxFrames()).check();
  }

  private static void assertRefused(byte[] media, Reason reason, String... words) {
    assertThatThrownBy(() -> check(media))
        .isInstanceOfSatisfying(
            UnreadableMediaException.class,
            e -> {
              assertThat(e.rejection().reason()).isEqualTo(reason);
              assertThat(e.rejection().detail()).contains(words);
            });
  }

  private static byte[] resource(String name) throws Exception {
    return Files.readAllBytes(Path.of("src/test/resources/media", name));
  }

  /// A chunk and a file with the same bytes are refused alike.
  private void assertRefusedEverywhere(byte[] media, Reason reason, String words) throws Exception {
    Path file = Files.write(directory.resolve("video.mp4"), media);
    assertThatThrownBy(() -> new MediaCutter().cut(file, Duration.ofSeconds(1), segment -> {}))
        .isInstanceOfSatisfying(
            UnreadableMediaException.class,
            e -> {
              assertThat(e.rejection().reason()).isEqualTo(reason);
              assertThat(e.rejection().detail()).contains(words);
            });
    assertThatThrownBy(() ->
            new FfmpegDecoder()
                .decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, Frames.none()))
        .isInstanceOfSatisfying(
            UnreadableMediaException.class,
            e -> {
              assertThat(e.rejection().reason()).isEqualTo(reason);
              assertThat(e.rejection().detail()).contains(words);
            });
  }

  @Nested
  class Steps {

    /// 16,000 boxes in one track.
    @ParameterizedTest
    @ValueSource(ints = {1_000, 16_000, 64_000})
    void readsEachBoxOnce(int count) throws Exception {
      byte[] header = box("tkhd", new byte[20]);
      ByteBuffer headers = ByteBuffer.allocate(count * header.length);
      for (int i = 0; i < count; i++) {
        headers.put(header);
      }
      byte[] track = box("trak", headers.array());
      assertThat(check(box("moov", track)).boxes()).isEqualTo(count + 2);
      byte[] fragment = box("moof", box("traf", headers.array()));
      assertThat(check(join(box("moov"), fragment)).boxes()).isEqualTo(count + 3);
    }

    @Test
    void refusesEmptyHeadersAtTheFirst() {
      byte[] boxes = join(Stream.generate(() -> box("tkhd")).limit(16_000).toArray(byte[][]::new));
      assertRefused(
          box("moov", box("trak", boxes)), Reason.CORRUPT, "'tkhd' at byte 16", "too short");
    }

    @ParameterizedTest
    @ValueSource(strings = {"moov", "stbl", "udta", "meta", "sinf"})
    void refusesDeepNesting(String type) {
      byte[] nested = box("free");
      for (int i = 0; i < 1_000; i++) {
        // FFmpeg descends into a `meta` only with a handler.
        byte[] prefix = type.equals("meta") ? join(ints(0), box("hdlr", new byte[12])) : ints();
        nested = box(type, prefix, nested);
      }
      assertRefused(box("moov", nested), Reason.CORRUPT, "nested more than 12 deep");
    }

    @Test
    void refusesATrackInATrack() {
      assertRefused(box("moov", box("trak", box("trak"))), Reason.CORRUPT, "track within a track");
    }
  }

  @Nested
  class Counts {

    static Stream<byte[]> tablesThatCannotFit() {
      return Stream.of(
          box("stsz", ints(0, 0, MANY, 1)),
          box("stz2", ints(0, 4, MANY, 1)),
          box("stz2", ints(0, 16, 3, 1)),
          box("stts", ints(0, MANY, 1, 1)),
          box("stts", ints(0, -1, 1, 1)),
          box("ctts", ints(0, 2, 1, 1)),
          box("stsc", ints(0, MANY, 1, 1, 1)),
          box("stco", ints(0, MANY, 1)),
          box("co64", ints(0, 2, 0, 1)),
          box("stss", ints(0, MANY)),
          box("stps", ints(0, MANY)),
          box("elst", ints(0, 2, 1, 1, 1)),
          box("elst", ints(1 << 24, 1, 1, 1, 1)),
          box("sbgp", ints(0, 0, MANY)),
          box("sbgp", ints(1 << 24, 0, 0, MANY)),
          box("sgpd", ints(1 << 24, 0, 0, MANY)),
          box("tfra", ints(0, 1, 0, MANY, 1)),
          box("sidx", ints(0, 1, 1, 0, 0, 60_000)),
          box("trun", ints(0x200, MANY, 1)),
          box("trun", ints(0xF05, 2, 1, 1, 1, 1, 1, 1)),
          box("iloc", ints(2 << 24, 0, MANY, 0)),
          box("ipma", ints(0, MANY)),
          box("keys", ints(0, MANY)),
          box("stsd", ints(0, MANY)));
    }

    @ParameterizedTest
    @MethodSource("tablesThatCannotFit")
    void refusesTablesThatDoNotFitIntoTheirBox(byte[] table) {
      String type = new String(table, 4, 4, StandardCharsets.ISO_8859_1);
      assertRefused(movie("vide", table), Reason.CORRUPT, "box '" + type + "'", "declares");
      // FFmpeg reads tables wherever they stand.
      assertRefused(box("moov", table), Reason.CORRUPT, "box '" + type + "'");
      assertRefused(join(box("moov"), box("udta", table)), Reason.CORRUPT, "box '" + type + "'");
      assertRefused(
          box("moov", box("meta", ints(0), handler("mdta"), table)),
          Reason.CORRUPT,
          "box '" + type + "'");
    }

    @Test
    void refusesTablesInSampleDescriptions() {
      byte[] entry = box("avc1", new byte[78], box("stsz", ints(0, 1, MANY)));
      assertRefused(
          movie("vide", box("stsd", ints(0, 1), entry)), Reason.CORRUPT, "has a table 'stsz'");
    }

    @Test
    void refusesMoreEqualSamplesThanTheFileHasBytes() {
      assertRefused(
          movie("vide", box("stsz", ints(0, 1, MANY))),
          Reason.CORRUPT,
          "declares 85000000 samples of 1 bytes, the file has");
      assertRefused(movie("vide", box("stsz", ints(0, -1, -1))), Reason.CORRUPT, "4294967295");
    }

    @Test
    void addsUpTheEqualSamplesOfAllTracks() throws Exception {
      byte[] track = box("trak", box("stsz", ints(0, 1, 40)));
      byte[] two = join(box("mdat", new byte[10]), box("moov", track, track));
      assertThat(check(two).boxes()).isEqualTo(6);
      byte[] many = box("trak", box("stsz", ints(0, 1, 60)));
      assertRefused(
          join(box("mdat", new byte[10]), box("moov", many, many)), Reason.CORRUPT, "60 samples");
    }

    @Test
    void refusesMoreFramesThanTheLimit() {
      byte[] sizes = new byte[4 * 120_001];
      assertRefused(
          movie("vide", box("stsz", ints(0, 0, 120_001), sizes)),
          Reason.TOO_LONG,
          "more than the limit of 120000 frames");
    }

    @Test
    void refusesMoreSoundThanTheFileCanHold() throws Exception {
      byte[] times = box("stts", ints(0, 1, MANY, 1));
      byte[] sizes = box("stsz", ints(0, 1, MANY));
      byte[] chunks = box("stco", ints(0, 1, 36));
      assertRefused(
          movie("soun", times, sizes, chunks, box("stsc", ints(0, 1, 1, MANY, 1))),
          Reason.CORRUPT,
          "85000000 sound samples");
      byte[] few = box("stsc", ints(0, 1, 1, 500, 1));
      assertThat(check(movie("soun", times, sizes, chunks, few)).boxes()).isPositive();
    }

    @Test
    void refusesDataThatItsFragmentDoesNotDescribe() throws Exception {
      byte[] header = box("tfhd", ints(0, 1));
      byte[] none =
          join(
              box("moov", box("trak", handler("vide"))),
              box("moof", box("traf", header)),
              box("mdat"));
      assertThat(check(none).boxes()).isPositive();
      assertRefused(fragments(header, box("trux", ints(0, 2))), Reason.CORRUPT, "'mdat'");
    }

    @Test
    void refusesFragmentsWithMoreEqualSamplesThanBytes() throws Exception {
      byte[] header = box("tfhd", ints(0, 1));
      assertThat(check(fragments(header, box("trun", ints(0, 2)))).boxes()).isPositive();
      assertRefused(
          fragments(header, box("trun", ints(0, 50))), Reason.CORRUPT, "50 samples of 50 bytes");
      byte[] own = box("tfhd", ints(0x10, 1, 1));
      assertThat(check(fragments(own, box("trun", ints(0, 50)))).boxes()).isPositive();
      assertRefused(fragments(own, box("trun", ints(0, MANY))), Reason.CORRUPT, "of 1 bytes");
      assertRefused(fragments(box("trun", ints(0, -1))), Reason.CORRUPT, "4294967295 samples");
    }

    @Test
    void refusesEditsThatMultiplyTheSamples() {
      int edits = 1_000;
      byte[] list = box("elst", ints(0, edits), new byte[12 * edits]);
      byte[] sizes = box("stsz", ints(0, 0, 20_000), new byte[4 * 20_000]);
      assertRefused(movie("vide", list, sizes), Reason.CORRUPT, "1000 edits of 20000 samples");
    }

    @Test
    void refusesACompressedIndex() {
      assertRefused(
          box("moov", box("cmov", box("dcom", name("zlib")), box("cmvd", ints(MANY)))),
          Reason.UNSUPPORTED_CONTAINER,
          "compressed");
    }

    @Test
    void refusesAnIndexThatDeclares85MillionSamplesInChunksAndFiles() throws Exception {
      assertRefusedEverywhere(resource("stsz85M.mp4"), Reason.CORRUPT, "declares 85000000 samples");
    }
  }

  @Nested
  class Sizes {

    @Test
    void readsSixtyFourBitSizesAndBoxesToTheEnd() throws Exception {
      byte[] wide = join(sized(1, "moov", ints(0, 24)), box("free"));
      assertThat(check(join(wide, sized(0, "mdat", new byte[9]))).boxes()).isEqualTo(3);
      assertThat(check(join(box("mdat"), sized(0, "moov", box("free")))).boxes()).isEqualTo(3);
    }

    @Test
    void refusesSizesThatOverflow() {
      byte[] overflow = sized(1, "mdat", ints(0x7FFFFFFF, -1));
      byte[] negative = sized(1, "mdat", ints(-1, -1));
      byte[] withinHeader = sized(1, "mdat", ints(0, 15));
      byte[] shorterThanHeader = sized(7, "mdat");
      for (byte[] bad : List.of(overflow, negative, withinHeader, shorterThanHeader)) {
        assertRefused(join(box("moov"), bad), Reason.CORRUPT, "'mdat' at byte 8 declares");
      }
      // The largest size that is no overflow is only too long.
      assertRefused(overflow, Reason.TRUNCATED, "only 16 are present");
      assertRefused(
          box("moov", box("trak", sized(1, "mdia", ints(-1, -1)))), Reason.CORRUPT, "'mdia'");
    }

    @Test
    void limitsATableToWhatEnclosesIt() {
      byte[] table = sized(1_000_000, "stsz", ints(0, 0, 1_000, 1));
      assertRefused(
          join(box("moov", box("trak", table)), box("mdat", new byte[8_000])),
          Reason.CORRUPT,
          "declares 1000 entries, it has 4 bytes");
    }
  }

  @Nested
  class Trailers {

    static Stream<byte[]> trailers() {
      byte[] random = new byte[500];
      new Random(7).nextBytes(random);
      return Stream.of(
          new byte[1],
          new byte[7],
          new byte[64],
          "8db42d694ccc418790edff439fe026bf".getBytes(StandardCharsets.US_ASCII),
          random,
          sized(3, "abcd"),
          sized(1, "abcd", ints(-1, -1)),
          sized(5_000, "abcd"));
    }

    @ParameterizedTest
    @MethodSource("trailers")
    void areCountedAndLeftOut(byte[] trailer) throws Exception {
      byte[] whole = TestMedia.video().bytes();
      byte[] fragmented = TestMedia.video().fragmented().bytes();
      for (byte[] media : List.of(whole, fragmented)) {
        byte[] with = join(media, trailer);
        assertThat(check(with).mediaBytes()).isEqualTo(media.length);
        assertThat(times(with)).isEqualTo(times(media));
      }
    }

    @Test
    void ofACameraChangeNoFrameAndNoSegment() throws Exception {
      byte[] with = resource("10_trailer.mp4");
      byte[] without = Arrays.copyOf(with, 63_280);
      assertThat(check(with).mediaBytes()).isEqualTo(without.length);
      assertThat(times(with)).isEqualTo(times(without)).hasSize(720);
      assertThat(cut(with)).isEqualTo(cut(without));
    }

    @Test
    void areNotDamagedBoxes() {
      byte[] media = TestMedia.video().fragmented().bytes();
      String text = new String(media, StandardCharsets.ISO_8859_1);
      for (String type : List.of("moof", "mdat")) {
        byte[] damaged = media.clone();
        int at = text.lastIndexOf(type) - 4;
        Arrays.fill(damaged, at, at + 8, (byte) 0xEE);
        assertThatThrownBy(() -> check(damaged))
            .as(type)
            .isInstanceOf(UnreadableMediaException.class);
      }
      assertRefused(
          join(box("moov"), box("mdat"), sized(900, "mdat", new byte[20])),
          Reason.TRUNCATED,
          "declares 900 bytes, only 28");
      assertRefused(join(box("moov"), sized(900, "abcd")), Reason.TRUNCATED, "'abcd'");
    }

    private static List<Long> times(byte[] media) throws Exception {
      Frames frames = Frames.none();
      new FfmpegDecoder().decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, frames);
      return frames.times();
    }

    private List<ByteBuffer> cut(byte[] media) throws Exception {
      Path file = Files.write(directory.resolve("video.mp4"), media);
      List<ByteBuffer> segments = new ArrayList<>();
      new MediaCutter().cut(file, Duration.ofSeconds(4), segment -> segments.add(segment.media()));
      return segments;
    }
  }

  @Nested
  class Encryption {

    private static byte[] description(String entry, byte[]... boxes) {
      return box("stsd", ints(0, 1), box(entry, new byte[78], join(boxes)));
    }

    @Test
    void isNamedForChunksAndFiles() throws Exception {
      assertRefusedEverywhere(
          resource("15_cenc.mp4"), Reason.UNSUPPORTED_CODEC, "the video is encrypted ('encv' box");
    }

    @Test
    void isNamedWithItsScheme() {
      byte[] protection = box("sinf", box("schm", ints(0), name("cbcs"), ints(0x10000)));
      for (String entry : List.of("encv", "avc1")) {
        assertRefused(
            movie("vide", description(entry, protection)),
            Reason.UNSUPPORTED_CODEC,
            "the video is encrypted",
            "scheme 'cbcs'");
      }
      assertRefused(
          movie("vide", description("drmi")), Reason.UNSUPPORTED_CODEC, "encrypted ('drmi' box)");
    }

    @Test
    void ofTheSoundAloneDoesNotMatter() throws Exception {
      byte[] protection = box("sinf", box("schm", ints(0), name("cenc"), ints(0x10000)));
      assertThat(check(movie("soun", description("enca", protection))).boxes()).isPositive();
    }
  }
}
