package io.chronoscope.decode;

import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/// Which video every current browser plays from an MP4: H.264, VP9 and AV1 with 8 bits and 4:2:0.
/// HEVC is played by some, on some machines; that is no promise to a viewer.
final class BrowserPlayback {

  private BrowserPlayback() {}

  /// @throws NotPlayableException naming the codec or the pixel format
  static void require(AVCodecParameters parameters) throws NotPlayableException {
    String codec = SupportedCodecs.describe(parameters);
    int id = parameters.codec_id();
    if (id != avcodec.AV_CODEC_ID_H264
        && id != avcodec.AV_CODEC_ID_VP9
        && id != avcodec.AV_CODEC_ID_AV1) {
      throw new NotPlayableException(
          "the video is %s; browsers play h264, vp9 and av1".formatted(codec));
    }
    int format = parameters.format();
    if (format >= 0
        && format != avutil.AV_PIX_FMT_YUV420P
        && format != avutil.AV_PIX_FMT_YUVJ420P) {
      throw new NotPlayableException(
          "the %s video has pixels in %s; browsers play yuv420p"
              .formatted(codec, avutil.av_get_pix_fmt_name(format).getString()));
    }
  }
}
