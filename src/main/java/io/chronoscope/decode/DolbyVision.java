package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.javacpp.BytePointer;

/// What a container's Dolby Vision configuration (`dvcC`, `dvvC`) means for the picture that a
/// decoder gives out. Most profiles have a base layer in colors that everyone shows, which is used
/// as it is.
final class DolbyVision {

  // Fields of FFmpeg's AVDOVIDecoderConfigurationRecord, one byte each.
  private static final int PROFILE = 2;
  private static final int COMPATIBILITY = 7;
  private static final int BYTES = 8;

  private DolbyVision() {}

  /// @throws UnreadableMediaException UNSUPPORTED_CODEC when the pictures are in colors of Dolby's
  ///   own (IPTPQc2), which look green and purple when they are shown as others are
  static void requireUsualColors(AVCodecParameters codec) throws UnreadableMediaException {
    AVPacketSideData found =
        avcodec.av_packet_side_data_get(
            codec.coded_side_data(), codec.nb_coded_side_data(), avcodec.AV_PKT_DATA_DOVI_CONF);
    if (found == null || found.isNull() || found.size() < BYTES) {
      return;
    }
    BytePointer fields = found.data();
    int profile = fields.get(PROFILE) & 0xff;
    boolean compatible = fields.get(COMPATIBILITY) != 0;
    if (!compatible && (profile == 5 || profile == 10)) {
      throw new UnreadableMediaException(
          Reason.UNSUPPORTED_CODEC,
          "the video is Dolby Vision profile %d without a compatible base layer: its colors are not"
                  .formatted(profile)
              + " those of any other format, and would be shown wrong");
    }
  }
}
