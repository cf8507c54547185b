package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.decode.MediaDecoder.Display;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.Frames.Shown;
import io.chronoscope.testing.SelectiveFrames;
import io.chronoscope.testing.TestMedia;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectiveDecodeTest {

  private static final int FRAMES = 60;
  private static final int ROUNDS = 8;

  @ParameterizedTest
  @CsvSource({
    // encoder, container, B pictures, group, open groups
    "libopenh264, mp4, 0, 12, false",
    "libopenh264, mpegts, 0, 15, false",
    "libopenh264, matroska, 0, 30, false",
    "mpeg4, mp4, 0, 12, false",
    "mpeg4, mp4, 2, 12, false",
    "mpeg4, mp4, 2, 12, true",
    "mpeg4, matroska, 3, 25, true",
    "mpeg2video, mpegts, 2, 12, false",
    "mpeg2video, mpegts, 2, 12, true",
    "mpeg2video, matroska, 3, 15, true",
    "mpeg2video, mp4, 0, 10, false",
    "libvpx, webm, 0, 12, false",
    "libvpx-vp9, webm, 0, 12, false",
    "libvpx-vp9, mp4, 0, 20, false",
    "libaom-av1, mp4, 0, 12, false",
    "mjpeg, mov, 0, 12, false",
  })
  void givesTheSameFramesAndPixelsWithFewerPackets(
      String encoder, String muxer, int bFrames, int group, boolean open) throws Exception {
    TestMedia media =
        TestMedia.video()
            .codec(encoder)
            .container(muxer)
            .size(320, 240)
            .bFrames(bFrames)
            .group(group)
            .frames(FRAMES);
    assertSameFrames((open ? media.openGroups() : media).buffer(), 30);
  }

  /// H.264 in temporal layers; HEVC with B pictures and open groups; VP9; AV1.
  @ParameterizedTest
  @ValueSource(strings = {"corridor", "portrait", "gate", "dock"})
  void givesTheSameFramesOfTheSamples(String sample) throws Exception {
    assertSameFrames(
        ByteBuffer.wrap(Files.readAllBytes(Path.of("video-samples", sample + ".mp4"))), 300);
  }

  private static void assertSameFrames(ByteBuffer bytes, int maxEvery) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int restarts = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int every = 1 + random.nextInt(maxEvery);
      int first = random.nextInt(every);
      LongPredicate wanted = from -> Math.round(from / 40_000.0) % every == first;
      Frames expected = new Frames(wanted);
      MediaFacts facts = new FfmpegDecoder().decode(bytes, DecodeLimits.DEFAULTS, expected);
      SelectiveFrames selection = new SelectiveFrames(wanted);
      MediaFacts selected = new FfmpegDecoder().decode(bytes, DecodeLimits.DEFAULTS, selection);
      String named = "seed %d: frame %d of every %d".formatted(seed, first, every);
      assertThat(selected).as(named).isEqualTo(facts);
      restarts += every > 5 ? selection.restarts() : 0;
      assertThat(selection.frames.offered).as(named).isEqualTo(expected.offered);
      assertSamePictures(selection.frames.shown, expected.shown, named);
    }
    assertThat(restarts).as("seed %d: nothing was skipped", seed).isLessThan(ROUNDS / 2);
  }

  private static void assertSamePictures(List<Shown> shown, List<Shown> expected, String round) {
    assertThat(shown).extracting(Shown::from).as(round).isEqualTo(times(expected));
    for (int i = 0; i < shown.size(); i++) {
      assertThat(Arrays.deepEquals(shown.get(i).brightness(), expected.get(i).brightness()))
          .as("%s, picture at %d µs", round, shown.get(i).from())
          .isTrue();
    }
  }

  private static List<Long> times(List<Shown> shown) {
    return shown.stream().map(Shown::from).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "libopenh264, mp4, 0, 12, false, 26",
    "mpeg4, mp4, 2, 12, false, 16",
    "mpeg4, mp4, 2, 12, true, 20",
    "mpeg2video, mpegts, 2, 12, true, 20",
    "libvpx, webm, 0, 12, false, 26",
    "libvpx-vp9, webm, 0, 12, false, 26",
    "libaom-av1, mp4, 0, 12, false, 26",
    "mjpeg, mov, 0, 12, false, 6",
  })
  void decodesNoMoreThanTheWantedFramesDependOn(
      String encoder, String muxer, int bFrames, int group, boolean open, int atMost)
      throws Exception {
    TestMedia media =
        TestMedia.video()
            .codec(encoder)
            .container(muxer)
            .size(320, 240)
            .bFrames(bFrames)
            .group(group)
            .frames(FRAMES);
    ByteBuffer bytes = (open ? media.openGroups() : media).buffer();
    try (VideoPackets source =
        VideoPackets.open(MemorySegment.ofBuffer(bytes), DecodeLimits.DEFAULTS)) {
      TimedPackets packets = new TimedPackets(source);
      Optional<List<Display>> displays = packets.displays(DecodeLimits.DEFAULTS, 40_000);
      assertThat(displays.orElseThrow()).hasSize(FRAMES);
      BitSet wanted = new BitSet();
      for (int frame = 4; frame < FRAMES; frame += 12) {
        wanted.set(frame);
      }
      BitSet needed = packets.planFor(wanted).orElseThrow().packets();
      assertThat(needed.cardinality()).isLessThanOrEqualTo(atMost);
    }
  }

  @Test
  void decodesADamagedSegmentAsAWhole() throws Exception {
    ByteBuffer bytes =
        TestMedia.video().codec("mpeg4").group(60).frames(FRAMES).packets(new Damage()).buffer();
    LongPredicate wanted = from -> from % 400_000 == 0;
    Frames expected = new Frames(wanted);
    MediaFacts facts = new FfmpegDecoder().decode(bytes, DecodeLimits.DEFAULTS, expected);
    assertThat(facts.damagedFrames()).isPositive();
    SelectiveFrames selection = new SelectiveFrames(wanted);
    assertThat(new FfmpegDecoder().decode(bytes, DecodeLimits.DEFAULTS, selection))
        .isEqualTo(facts);
    assertThat(selection.restarts()).isOne();
    assertThat(selection.frames.offered).isEqualTo(expected.offered);
    assertSamePictures(selection.frames.shown, expected.shown, "damaged");
  }

  /// Overwrites the middle of some packets.
  private static final class Damage implements UnaryOperator<byte[]> {
    private int packets;

    @Override
    public byte[] apply(byte[] packet) {
      if (++packets % 7 == 5) {
        Arrays.fill(packet, packet.length / 3, packet.length, (byte) 0xa5);
      }
      return packet;
    }
  }
}
