package io.chronoscope.decode;

import io.chronoscope.domain.Picture;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/// Writes pictures as JPEG.
public final class JpegEncoder {

  /// Of FFmpeg's scale from 1, the best, to 31.
  private static final int QUALITY = 4;

  private JpegEncoder() {}

  /// @param widthPx the most; a smaller picture is not enlarged
  public static byte[] encode(Picture picture, int widthPx) {
    Ffmpeg.load();
    int[] size = PictureScaler.fit(picture, widthPx, Integer.MAX_VALUE);
    AVCodec encoder = avcodec.avcodec_find_encoder_by_name("mjpeg");
    AVCodecContext context = avcodec.avcodec_alloc_context3(encoder);
    AVPacket packet = avcodec.av_packet_alloc();
    try (PictureScaler scaler =
        new PictureScaler(picture, size[0], size[1], avutil.AV_PIX_FMT_YUVJ420P)) {
      context.width(size[0]);
      context.height(size[1]);
      context.pix_fmt(avutil.AV_PIX_FMT_YUVJ420P);
      context.time_base(new AVRational().num(1).den(25));
      context.thread_count(1);
      context.flags(context.flags() | avcodec.AV_CODEC_FLAG_QSCALE);
      context.global_quality(QUALITY * avutil.FF_QP2LAMBDA);
      Ffmpeg.check(avcodec.avcodec_open2(context, encoder, new AVDictionary(null)), "JPEG");
      AVFrame frame = scaler.convert(picture);
      frame.quality(QUALITY * avutil.FF_QP2LAMBDA);
      frame.pts(0);
      Ffmpeg.check(avcodec.avcodec_send_frame(context, frame), "JPEG");
      Ffmpeg.check(avcodec.avcodec_receive_packet(context, packet), "JPEG");
      byte[] bytes = new byte[packet.size()];
      packet.data().get(bytes);
      return bytes;
    } finally {
      avcodec.av_packet_free(packet);
      avcodec.avcodec_free_context(context);
    }
  }
}
