package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
  @ValueSource(strings = {"h264", "hevc", "libvpx", "libvpx-vp9"})
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

  private record Missed(int packets, int missed) {}

  /// @param damaged whether a bit in the last third of each packet is changed, in its last slice
  private static Missed missed(byte[] media, boolean damaged) throws Exception {
    Random random = new Random(SEED);
    int count = 0;
    int missed = 0;
    try (VideoPackets packets =
        VideoPackets.open(MemorySegment.ofArray(media), DecodeLimits.DEFAULTS)) {
      VideoInput input = packets.input();
      PayloadEnd end = PayloadEnd.of(VideoCodec.of(input.stream().codecpar()), input.extradata());
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
