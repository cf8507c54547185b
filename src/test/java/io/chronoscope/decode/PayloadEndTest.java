package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chronoscope.decode.bitstream.NalUnits;
import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.testing.TestMedia;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Random;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where decoders stop reading, in intact and in damaged packets.
class PayloadEndTest {

  private static final long SEED = 7;

  @Test
  void knowsTheReleaseThatIsPackaged() {
    assumeTrue(Loader.getPlatform().equals("linux-x86_64"));
    assertThat(DecoderMemory.isKnown())
        .as("find the offsets of DecoderMemory anew for this FFmpeg")
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"h264", "libopenh264", "hevc", "libvpx", "libvpx-vp9", "mpeg4"})
  void isReachedInEveryIntactPacket(String codec) throws Exception {
    assumeTrue(DecoderMemory.isKnown());
    assertThat(missed(media(codec), false)).isEqualTo(new Missed(25, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"h264", "hevc", "libvpx", "libvpx-vp9"})
  void isMissedInMostPacketsWithAChangedBit(String codec) throws Exception {
    assumeTrue(DecoderMemory.isKnown());
    assertThat(missed(media(codec), true).missed).as("seed %d", SEED).isGreaterThan(19);
  }

  /// Codes of variable length fall into step again, and decoders report some of what does not.
  @ParameterizedTest
  @ValueSource(strings = {"libopenh264", "mpeg4"})
  void isMissedInSomePacketsWithAChangedCode(String codec) throws Exception {
    assumeTrue(DecoderMemory.isKnown());
    assertThat(missed(media(codec), true).missed).as("seed %d", SEED).isGreaterThan(5);
  }

  @Test
  void ofMpeg4MayBeOtherwiseThroughout() throws Exception {
    assumeTrue(DecoderMemory.isKnown());
    DecoderFactory decoders = new DecoderFactory(DecodeLimits.DEFAULTS, DecoderOptions.EXACT);
    try (VideoPackets packets =
        VideoPackets.open(MemorySegment.ofArray(media("mpeg4")), DecodeLimits.DEFAULTS)) {
      withoutStuffing(packets.get(0));
      assertThat(PayloadEndTrial.endsAsStandardized(packets, decoders)).isTrue();
      for (int i = 1; i < packets.size(); i++) {
        withoutStuffing(packets.get(i));
      }
      assertThat(PayloadEndTrial.endsAsStandardized(packets, decoders)).isFalse();
    }
  }

  private static void withoutStuffing(AVPacket packet) {
    ByteBuffer bytes = Ffmpeg.bytes(packet);
    int last = bytes.get(bytes.limit() - 1) & 0xff;
    int ones = Integer.numberOfTrailingZeros(~last);
    bytes.put(bytes.limit() - 1, (byte) (last & -1 << ones | 1 << Math.max(0, ones - 1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"h264", "hevc"})
  void saysNothingOfAnEncoderThatEndsAllSlicesOtherwise(String codec) throws Exception {
    assumeTrue(DecoderMemory.isKnown());
    DecoderFactory decoders = new DecoderFactory(DecodeLimits.DEFAULTS, DecoderOptions.EXACT);
    try (VideoPackets packets =
        VideoPackets.open(MemorySegment.ofArray(media(codec)), DecodeLimits.DEFAULTS)) {
      appendForeignBytes(packets, 0);
      assertThat(PayloadEndTrial.endsAsStandardized(packets, decoders)).isTrue();
      for (int i = 1; i < packets.size(); i++) {
        appendForeignBytes(packets, i);
      }
      assertThat(PayloadEndTrial.endsAsStandardized(packets, decoders)).isFalse();
    }
  }

  /// Makes the last unit of a packet longer.
  private static void appendForeignBytes(VideoPackets packets, int index) throws Exception {
    VideoInput input = packets.input();
    NalUnits units =
        SupportedCodecs.of(input.stream().codecpar()) == VideoCodec.HEVC
            ? NalUnits.ofHevc(input.extradata())
            : NalUnits.ofH264(input.extradata());
    AVPacket packet = packets.get(index);
    int start = units.in(Ffmpeg.bytes(packet)).orElseThrow().getLast();
    int length = packet.size() - start;
    Ffmpeg.check(avcodec.av_grow_packet(packet, 4), "a longer packet");
    ByteBuffer bytes = Ffmpeg.bytes(packet);
    bytes.putInt(bytes.limit() - 4, 0x55aa55aa);
    bytes.put(start - units.lengthBytes(), units.prefix(length + 4));
  }

  private record Missed(int packets, int missed) {}

  /// @param damaged whether a bit in the last third of each packet is changed, in its last slice
  private static Missed missed(byte[] media, boolean damaged) throws Exception {
    Random random = new Random(SEED);
    int count = 0;
    int missed = 0;
    try (VideoPackets packets =
        VideoPackets.open(MemorySegment.ofArray(media), DecodeLimits.DEFAULTS)) {
      VideoInput input = packets.input();
      PayloadEnd end =
          PayloadEnd.of(SupportedCodecs.of(input.stream().codecpar()), input.extradata());
      AVCodecContext decoder =
          new DecoderFactory(DecodeLimits.DEFAULTS, DecoderOptions.EXACT).open(input.stream());
      AVFrame frame = avutil.av_frame_alloc();
      AVPacket packet = packets.next();
      while (packet != null) {
        if (damaged) {
          ByteBuffer bytes = Ffmpeg.bytes(packet);
          int at = bytes.limit() * 2 / 3 + random.nextInt(bytes.limit() / 4);
          bytes.put(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
        }
        int sent = avcodec.avcodec_send_packet(decoder, packet);
        while (avcodec.avcodec_receive_frame(decoder, frame) >= 0) {
          avutil.av_frame_unref(frame);
        }
        count++;
        missed += sent < 0 || end.isMissed(decoder, packet) ? 1 : 0;
        packet = packets.next();
      }
      avutil.av_frame_free(frame);
      avcodec.avcodec_free_context(decoder);
    }
    return new Missed(count, missed);
  }

  private static byte[] media(String codec) throws Exception {
    if (codec.equals("libopenh264") || codec.equals("mpeg4")) {
      return TestMedia.video().codec(codec).size(192, 128).frames(25).bytes();
    }
    if (codec.startsWith("lib")) {
      return TestMedia.video().codec(codec).container("webm").size(192, 128).frames(25).bytes();
    }
    try (InputStream clip =
        PayloadEndTest.class.getResourceAsStream(
            "/io/chronoscope/cli/bench/damage/" + codec + ".mp4")) {
      return clip.readAllBytes();
    }
  }
}
