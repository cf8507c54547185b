package io.chronoscope.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.decode.bitstream.VideoCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Holds the whitelist against the FFmpeg build that is linked.
class VideoCodecTest {

  @ParameterizedTest
  @EnumSource
  void hasItsSoftwareDecoder(VideoCodec codec) {
    AVCodec decoder = avcodec.avcodec_find_decoder_by_name(codec.softwareDecoder());

    assertThat(decoder).isNotNull();
    assertThat(decoder.id()).isEqualTo(codecId(codec));
    assertThat(decoder.capabilities() & avcodec.AV_CODEC_CAP_HARDWARE).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void isRemuxedIntoMp4WhereverMp4CarriesIt(VideoCodec codec) {
    boolean carriedByMp4 =
        avformat.avformat_query_codec(
                avformat.av_guess_format("mp4", null, null),
                codecId(codec),
                avcodec.FF_COMPLIANCE_NORMAL)
            == 1;

    assertThat(codec.remux())
        .isEqualTo(carriedByMp4 ? VideoCodec.Remux.FRAGMENTED_MP4 : VideoCodec.Remux.MATROSKA);
  }

  private static int codecId(VideoCodec codec) {
    return avcodec.avcodec_descriptor_get_by_name(codec.displayName()).id();
  }
}
