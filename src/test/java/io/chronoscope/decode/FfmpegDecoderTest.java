package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.domain.Picture;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.Frames.Span;
import io.chronoscope.testing.TestMedia;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FfmpegDecoderTest {

  private final FfmpegDecoder decoder = new FfmpegDecoder();

  @ParameterizedTest
  @CsvSource({
    "libopenh264, mp4, 0, h264, mp4",
    "libopenh264, mpegts, 0, h264, mpegts",
    "libopenh264, matroska, 0, h264, matroska",
    "mpeg4, mp4, 2, mpeg4, mp4",
    "mpeg4, matroska, 2, mpeg4, matroska",
    "mpeg2video, mpegts, 2, mpeg2video, mpegts",
    "libvpx, webm, 0, vp8, matroska",
    "libvpx-vp9, webm, 0, vp9, matroska",
    "libvpx-vp9, mp4, 0, vp9, mp4",
    "libaom-av1, mp4, 0, av1, mp4",
    "mjpeg, mov, 0, mjpeg, mp4",
  })
  void timesEveryFrameInEveryContainerAndCodec(
      String encoder, String muxer, int bFrames, String codec, String container) throws Exception {
    ByteBuffer media =
        TestMedia.video().codec(encoder).container(muxer).bFrames(bFrames).frames(40).buffer();
    Frames frames = Frames.none();
    MediaFacts facts = decoder.decode(media, DecodeLimits.DEFAULTS, frames);
    assertThat(facts).isEqualTo(new MediaFacts(container, codec, 96, 64, 1_600_000, 0, 40, 0));
    List<Span> expected = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      expected.add(new Span(40_000L * i, 40_000L * (i + 1)));
    }
    assertThat(frames.offered).isEqualTo(expected);
    assertThat(media.position()).isZero();
  }

  @Test
  void convertsOnlyWantedFramesAndShowsTheirContent() throws Exception {
    ByteBuffer media =
        TestMedia.video().codec("libopenh264").encoder("rc_mode", "off").frames(40).buffer();
    Frames frames = new Frames(from -> from == 200_000 || from == 1_000_000);
    decoder.decode(media, DecodeLimits.DEFAULTS, frames);
    assertThat(frames.shown).extracting(Frames.Shown::from).containsExactly(200_000L, 1_000_000L);
    for (Frames.Shown shown : frames.shown) {
      // Limited range: 220 becomes (220 - 16) * 255 / 219. The square is 16 px wide and moves 2 px
      // per frame.
      int left = (int) (2 * shown.from() / 40_000);
      int[] row = shown.brightness()[24];
      assertThat(row[left + 8]).isCloseTo(238, within(12));
      assertThat(row[left - 6]).isLessThan(150);
      assertThat(row[left + 22]).isLessThan(150);
      assertThat(shown.brightness()[50][0]).isCloseTo(51, within(12));
    }
  }

  @Test
  void honorsFullRange() throws Exception {
    Frames frames = new Frames(from -> from == 0);
    decoder.decode(
        TestMedia.video().codec("mjpeg").container("mov").frames(2).buffer(),
        DecodeLimits.DEFAULTS,
        frames);
    assertThat(frames.shown.getFirst().brightness()[24][8]).isCloseTo(220, within(6));
  }

  @Test
  void decodesOddSizes() throws Exception {
    Frames frames = new Frames(from -> from == 0);
    MediaFacts facts =
        decoder.decode(
            TestMedia.video().codec("libvpx").container("webm").size(33, 17).frames(3).buffer(),
            DecodeLimits.DEFAULTS,
            frames);
    assertThat(List.of(facts.widthPx(), facts.heightPx())).containsExactly(33, 17);
    assertThat(frames.shown.getFirst().brightness().length).isEqualTo(17);
  }

  @ParameterizedTest
  @CsvSource({"1, 64, 96, 40, 4", "2, 96, 64, 92, 40", "3, 64, 96, 24, 92"})
  void rotatesPicturesUpright(int quarters, int width, int height, int squareX, int squareY)
      throws Exception {
    Frames frames = new Frames(from -> from == 0);
    MediaFacts facts =
        decoder.decode(
            TestMedia.video().turned(quarters).frames(2).buffer(), DecodeLimits.DEFAULTS, frames);
    assertThat(List.of(facts.widthPx(), facts.heightPx())).containsExactly(width, height);
    Frames.Shown shown = frames.shown.getFirst();
    assertThat(List.of(shown.widthPx(), shown.heightPx())).containsExactly(width, height);
    // The square is stored at x 0..16, y 16..32.
    assertThat(shown.brightness()[squareY][squareX]).isGreaterThan(200);
    assertThat(shown.brightness()[height / 2][width / 2]).isLessThan(150);
  }

  @Test
  void timesATransportStreamFromItsEarliestTimestamp() throws Exception {
    Frames frames = Frames.none();
    MediaFacts facts =
        decoder.decode(
            TestMedia.video().codec("libopenh264").container("mpegts").startingAt(1000).buffer(),
            DecodeLimits.DEFAULTS,
            frames);
    assertThat(facts.firstFrameMicros()).isZero();
    assertThat(facts.durationMicros()).isEqualTo(1_000_000);
  }

  @Test
  void keepsTheOffsetOfALateFirstFrameInAnMp4() throws Exception {
    MediaFacts facts =
        decoder.decode(
            TestMedia.video().startingAt(10).withSound().frames(20).buffer(),
            DecodeLimits.DEFAULTS,
            Frames.none());
    assertThat(facts.firstFrameMicros()).isEqualTo(400_000);
    assertThat(facts.durationMicros()).isEqualTo(1_200_000);
  }

  @Test
  void timesFragmentsOfALongerPresentationFromTheirFirstDecodeTime() throws Exception {
    byte[] media =
        TestMedia.video()
            .fragmented()
            .muxer("movflags", "frag_keyframe+empty_moov+default_base_moof+frag_discont")
            .startingAt(3000)
            .frames(24)
            .bytes();
    MediaFacts facts = decoder.decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, Frames.none());
    assertThat(facts.firstFrameMicros()).isZero();
    assertThat(facts.durationMicros()).isEqualTo(960_000);
  }

  @Test
  void ignoresAudioStreams() throws Exception {
    for (String container : List.of("mp4", "mpegts", "matroska")) {
      MediaFacts facts =
          decoder.decode(
              TestMedia.video().codec("libopenh264").container(container).withSound().buffer(),
              DecodeLimits.DEFAULTS,
              Frames.none());
      assertThat(facts.frames()).as(container).isEqualTo(25);
      assertThat(facts.damagedFrames()).isZero();
    }
  }

  @Test
  void readsDirectAndHeapBuffersFromPositionToLimit() throws Exception {
    byte[] media = TestMedia.video().frames(5).bytes();
    ByteBuffer direct = ByteBuffer.allocateDirect(media.length + 20);
    direct.position(7).put(media).flip().position(7);
    MediaFacts facts = decoder.decode(direct, DecodeLimits.DEFAULTS, Frames.none());
    assertThat(facts.frames()).isEqualTo(5);
    assertThat(direct.position()).isEqualTo(7);
  }

  @Test
  void servesManyThreadsAtOnce() throws Exception {
    byte[] media = TestMedia.video().codec("libopenh264").frames(50).bytes();
    FfmpegDecoder shared = new FfmpegDecoder(new DecoderOptions(2));
    try (var pool = Executors.newFixedThreadPool(12)) {
      List<Future<Long>> results = new ArrayList<>();
      for (int i = 0; i < 36; i++) {
        Callable<Long> task =
            () ->
                shared
                    .decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, Frames.none())
                    .frames();
        results.add(pool.submit(task));
      }
      for (Future<Long> result : results) {
        assertThat(result.get()).isEqualTo(50);
      }
    }
  }

  @Test
  void stopsWhenTheSinkThrows() {
    MediaDecoder.FrameSink broken =
        new MediaDecoder.FrameSink() {
          @Override
          public boolean wants(long fromMicros, long untilMicros) {
            return true;
          }

          @Override
          public void frame(long fromMicros, long untilMicros, Picture picture) {
            picture.close();
            throw new IllegalStateException("full");
          }
        };
    ByteBuffer media = TestMedia.video().frames(5).buffer();
    assertThatThrownBy(() -> decoder.decode(media, DecodeLimits.DEFAULTS, broken))
        .hasMessage("full");
  }
}
