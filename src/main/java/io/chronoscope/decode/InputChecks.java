package io.chronoscope.decode;

import io.chronoscope.decode.container.ContainerFormat;
import io.chronoscope.decode.container.MediaStructure;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/// What an opened input must keep to before anything of it is decoded.
final class InputChecks {

  private InputChecks() {}

  static void requirePictures(AVFormatContext context, DecodeLimits limits)
      throws UnreadableMediaException {
    for (int i = 0; i < context.nb_streams(); i++) {
      AVCodecParameters codec = context.streams(i).codecpar();
      if (codec.codec_type() == avutil.AVMEDIA_TYPE_VIDEO) {
        requirePicture(codec.width(), codec.height(), limits);
      }
    }
  }

  static void requirePicture(int width, int height, DecodeLimits limits)
      throws UnreadableMediaException {
    if ((long) width * height > limits.maxPixels()) {
      throw new UnreadableMediaException(
          Reason.PICTURE_TOO_LARGE,
          "%dx%d is %d pixels, the limit is %d"
              .formatted(width, height, (long) width * height, limits.maxPixels()));
    }
  }

  static void requireNotEncrypted(MediaStructure structure, AVStream stream)
      throws UnreadableMediaException {
    boolean scrambled =
        structure.transport().filter(packets -> packets.isScrambled(stream.id())).isPresent();
    AVDictionaryEntry key = avutil.av_dict_get(stream.metadata(), "enc_key_id", null, 0);
    boolean matroskaKey = key != null && !key.isNull();
    if (scrambled || matroskaKey) {
      throw new UnreadableMediaException(
          Reason.UNSUPPORTED_CODEC,
          "the video is encrypted (%s)"
              .formatted(
                  scrambled ? "scrambled transport packets" : "'ContentEncryption' element"));
    }
  }

  /// The end that a container declares counts from its clock's zero, not from its first frame.
  static void requireDuration(
      AVFormatContext context, AVStream stream, MediaStructure structure, DecodeLimits limits)
      throws UnreadableMediaException {
    long micros = avutil.AV_NOPTS_VALUE;
    if (stream.duration() != avutil.AV_NOPTS_VALUE) {
      micros = Ffmpeg.micros(stream.duration(), stream.time_base());
    } else if (context.duration_estimation_method() != avformat.AVFMT_DURATION_FROM_BITRATE) {
      micros = context.duration();
    }
    long start = structure.fragmentStartMicros();
    if (structure.container() == ContainerFormat.MATROSKA
        && context.start_time() != avutil.AV_NOPTS_VALUE) {
      start = Math.max(0, context.start_time());
    }
    long limit = limits.maxDuration().toNanos() / 1000;
    if (micros != avutil.AV_NOPTS_VALUE && micros - start > limit) {
      throw new UnreadableMediaException(
          Reason.TOO_LONG,
          "it declares a duration of %.1f s, the limit is %.1f s"
              .formatted((micros - start) / 1e6, limit / 1e6));
    }
  }
}
