package io.chronoscope.decode;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/// Opens the encoder for video that players cannot play, or that cannot be cut, as it is: OpenH264,
/// with its parameter sets in the container.
final class H264Encoder {

  private static final int TYPICAL_FPS = 25;
  private static final double BITS_PER_PIXEL = 0.15;

  private H264Encoder() {}

  /// @param widthPx even
  /// @param heightPx even
  /// @param maxGroupFrames frames from one key frame to the next at most
  /// @return a context that the caller frees
  static AVCodecContext open(int widthPx, int heightPx, AVRational timeBase, int maxGroupFrames) {
    AVCodec codec = avcodec.avcodec_find_encoder_by_name("libopenh264");
    AVCodecContext context = avcodec.avcodec_alloc_context3(codec);
    context.width(widthPx);
    context.height(heightPx);
    context.pix_fmt(avutil.AV_PIX_FMT_YUV420P);
    context.time_base(timeBase);
    context.framerate(new AVRational().num(TYPICAL_FPS).den(1));
    context.gop_size(maxGroupFrames);
    context.bit_rate((long) (BITS_PER_PIXEL * TYPICAL_FPS * widthPx * heightPx));
    context.thread_count(1);
    context.flags(context.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
    AVDictionary options = new AVDictionary(null);
    boolean opened = false;
    try {
      Ffmpeg.option(options, "allow_skip_frames", "0");
      Ffmpeg.check(avcodec.avcodec_open2(context, codec, options), "the H.264 encoder");
      opened = true;
      return context;
    } finally {
      avutil.av_dict_free(options);
      if (!opened) {
        avcodec.avcodec_free_context(context);
      }
    }
  }
}
