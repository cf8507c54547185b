package io.chronoscope.decode;

import io.chronoscope.decode.LiveSegment.StatedTime;
import io.chronoscope.domain.UnreadableMediaException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.DoublePointer;
import org.jspecify.annotations.Nullable;

/// Decodes a live video and encodes it as H.264 with a key frame where each segment is to start,
/// for sources without usable key frames or with a codec that chunks may not have. At most
/// 1920×1088 pixels. Costs as much as decoding and encoding do.
final class LiveEncoder implements LivePackets {

  /// FFmpeg's decoders that are allowed here beside those of [VideoCodec].
  static final List<String> FURTHER_DECODERS = List.of("theora", "ffv1", "prores", "jpeg2000");

  private static final int MAX_WIDTH_PX = 1920;
  private static final int MAX_HEIGHT_PX = 1088;

  private final AVStream stream;
  private final LiveSettings settings;
  private final Consumer<LiveSegment> sink;
  private final AVCodecContext decoder;
  private final AVFrame decoded = avutil.av_frame_alloc();
  private final AVFrame scaled = avutil.av_frame_alloc();
  private final AVPacket encoded = avcodec.av_packet_alloc();
  private @Nullable AVCodecContext encoder;
  private @Nullable SwsContext scaler;
  private @Nullable AVFormatContext holder;
  private @Nullable LiveCutter cutter;
  private long keyTicks = Long.MIN_VALUE;
  private long latestTicks = Long.MIN_VALUE;
  private long arrivedMicros;
  private Optional<StatedTime> stated = Optional.empty();

  LiveEncoder(
      AVStream stream, LiveSettings settings, DecodeLimits limits, Consumer<LiveSegment> sink)
      throws UnreadableMediaException {
    this.stream = stream;
    this.settings = settings;
    this.sink = sink;
    this.decoder = new DecoderFactory(limits, DecoderOptions.EXACT).open(stream, FURTHER_DECODERS);
  }

  @Override
  public void add(AVPacket packet, long arrived, Optional<StatedTime> time)
      throws UnreadableMediaException {
    arrivedMicros = arrived;
    time.ifPresent(one -> stated = time);
    // Damaged packets are the decoder's to skip.
    Ffmpeg.requireMemory(avcodec.avcodec_send_packet(decoder, packet));
    receiveFrames();
  }

  private void receiveFrames() throws UnreadableMediaException {
    int result = avcodec.avcodec_receive_frame(decoder, decoded);
    while (result >= 0) {
      try {
        encode();
      } finally {
        avutil.av_frame_unref(decoded);
      }
      result = avcodec.avcodec_receive_frame(decoder, decoded);
    }
    Ffmpeg.requireMemory(result);
  }

  private void encode() throws UnreadableMediaException {
    long ticks = decoded.best_effort_timestamp();
    if (ticks == avutil.AV_NOPTS_VALUE || ticks == latestTicks) {
      return;
    }
    AVCodecContext context = encoder == null ? openEncoder() : encoder;
    scale(context);
    boolean jumped = ticks < latestTicks;
    boolean startsSegment =
        keyTicks == Long.MIN_VALUE
            || jumped
            || Ffmpeg.micros(ticks - keyTicks, stream.time_base())
                >= settings.segmentLength().toNanos() / 1000;
    if (startsSegment) {
      keyTicks = ticks;
    }
    latestTicks = ticks;
    scaled.pts(ticks);
    scaled.pict_type(startsSegment ? avutil.AV_PICTURE_TYPE_I : avutil.AV_PICTURE_TYPE_NONE);
    Ffmpeg.check(avcodec.avcodec_send_frame(context, scaled), "encoding");
    receivePackets(context);
  }

  private void receivePackets(AVCodecContext context) throws UnreadableMediaException {
    LiveCutter out = cutter;
    while (out != null && avcodec.avcodec_receive_packet(context, encoded) >= 0) {
      LiveCutter.fillTimestamps(encoded);
      out.add(encoded, arrivedMicros, stated);
      stated = Optional.empty();
      avcodec.av_packet_unref(encoded);
    }
  }

  private void scale(AVCodecContext context) {
    SwsContext current =
        swscale.sws_getCachedContext(
            scaler,
            decoded.width(),
            decoded.height(),
            decoded.format(),
            context.width(),
            context.height(),
            avutil.AV_PIX_FMT_YUV420P,
            swscale.SWS_AREA,
            (SwsFilter) null,
            (SwsFilter) null,
            (DoublePointer) null);
    scaler = current;
    if (scaled.width() == 0) {
      scaled.width(context.width());
      scaled.height(context.height());
      scaled.format(avutil.AV_PIX_FMT_YUV420P);
      Ffmpeg.check(avutil.av_frame_get_buffer(scaled, 0), "a frame");
    }
    Ffmpeg.check(avutil.av_frame_make_writable(scaled), "a frame");
    Ffmpeg.check(
        swscale.sws_scale(
            current,
            decoded.data(),
            decoded.linesize(),
            0,
            decoded.height(),
            scaled.data(),
            scaled.linesize()),
        "scaling a picture");
  }

  private AVCodecContext openEncoder() throws UnreadableMediaException {
    double scale =
        Math.min(
            1,
            Math.min(
                (double) MAX_WIDTH_PX / decoded.width(),
                (double) MAX_HEIGHT_PX / decoded.height()));
    int width = Math.max(16, (int) Math.round(decoded.width() * scale / 2) * 2);
    int height = Math.max(16, (int) Math.round(decoded.height() * scale / 2) * 2);
    AVCodecContext context =
        H264Encoder.open(width, height, stream.time_base(), Integer.MAX_VALUE / 2);
    encoder = context;
    AVFormatContext streams = avformat.avformat_alloc_context();
    holder = streams;
    AVStream encodedStream = avformat.avformat_new_stream(streams, null);
    encodedStream.time_base(stream.time_base());
    Ffmpeg.check(
        avcodec.avcodec_parameters_from_context(encodedStream.codecpar(), context),
        "codec parameters");
    cutter = new LiveCutter(encodedStream, settings, sink);
    return context;
  }

  @Override
  public void finish() {
    try {
      var unused = avcodec.avcodec_send_packet(decoder, null);
      receiveFrames();
      if (encoder != null) {
        var unusedToo = avcodec.avcodec_send_frame(encoder, null);
        receivePackets(encoder);
      }
    } catch (UnreadableMediaException e) {
      // What could be cut has been delivered.
    }
    if (cutter != null) {
      cutter.finish();
    }
  }

  @Override
  public void close() {
    avutil.av_frame_free(decoded);
    avutil.av_frame_free(scaled);
    avcodec.av_packet_free(encoded);
    avcodec.avcodec_free_context(decoder);
    if (encoder != null) {
      avcodec.avcodec_free_context(encoder);
    }
    if (scaler != null) {
      swscale.sws_freeContext(scaler);
    }
    if (cutter != null) {
      cutter.close();
    }
    if (holder != null) {
      avformat.avformat_free_context(holder);
    }
  }
}
