package io.chronoscope.decode;

import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// Decodes the segments of a time range and encodes their frames as H.264 in one MP4, for video
/// that a browser cannot play as it is. The frames of the range and no others; at most 1280×720.
/// Costs as much as decoding and encoding do.
public final class ClipEncoder implements AutoCloseable {

  private static final int MAX_WIDTH_PX = 1280;
  private static final int MAX_HEIGHT_PX = 720;
  private static final int TICKS = 90_000;
  private static final int KEY_FRAME_INTERVAL = 50;

  private final long fromMicros;
  private final long toMicros;
  private final DecodeLimits limits;
  private final LongConsumer onBytes;
  private final FfmpegDecoder decoder = new FfmpegDecoder();
  private final AVPacket packet = avcodec.av_packet_alloc();

  private @Nullable AVCodecContext encoder;
  private @Nullable PictureScaler scaler;
  private @Nullable ClipFile file;
  private long zeroMicros;
  private long endMicros;

  /// @see ClipCopier#ClipCopier(long, long, DecodeLimits, LongConsumer)
  public ClipEncoder(long fromMicros, long toMicros, DecodeLimits limits, LongConsumer onBytes) {
    this.fromMicros = fromMicros;
    this.toMicros = toMicros;
    this.limits = limits;
    this.onBytes = onBytes;
  }

  /// Adds the next segment, in order of their times.
  ///
  /// @return whether the clip needs further segments
  /// @throws UnreadableMediaException when the segment cannot be read
  public boolean append(ClipPart part) throws UnreadableMediaException {
    var unused =
        decoder.decode(
            part.media(),
            limits,
            new FrameSink() {
              @Override
              public boolean wants(long from, long until) {
                onBytes.accept(file == null ? 0 : file.sizeBytes());
                long start = part.startMicros() + from;
                return start < toMicros
                    && part.startMicros() + until > fromMicros
                    && start >= endMicros;
              }

              @Override
              public void frame(long from, long until, Picture picture) {
                try (picture) {
                  encode(picture, part.startMicros() + from, part.startMicros() + until);
                }
              }
            });
    return endMicros < toMicros;
  }

  private void encode(Picture picture, long startMicros, long untilMicros) {
    if (encoder == null) {
      zeroMicros = startMicros;
      open(picture);
    }
    PictureScaler current = Objects.requireNonNull(scaler);
    if (!current.takes(picture)) {
      AVCodecContext context = Objects.requireNonNull(encoder);
      current.close();
      current =
          new PictureScaler(picture, context.width(), context.height(), avutil.AV_PIX_FMT_YUV420P);
      scaler = current;
    }
    AVFrame frame = current.convert(picture);
    frame.pts(avutil.av_rescale(startMicros - zeroMicros, TICKS, 1_000_000));
    endMicros = untilMicros;
    Ffmpeg.check(avcodec.avcodec_send_frame(encoder, frame), "encoding");
    drain();
  }

  private void open(Picture picture) {
    int[] size = PictureScaler.fit(picture, MAX_WIDTH_PX, MAX_HEIGHT_PX);
    AVCodecContext context =
        H264Encoder.open(size[0], size[1], new AVRational().num(1).den(TICKS), KEY_FRAME_INTERVAL);
    encoder = context;
    AVCodecParameters parameters = avcodec.avcodec_parameters_alloc();
    try {
      Ffmpeg.check(
          avcodec.avcodec_parameters_from_context(parameters, context), "codec parameters");
      file = new ClipFile(parameters);
    } finally {
      avcodec.avcodec_parameters_free(parameters);
    }
    scaler = new PictureScaler(picture, size[0], size[1], avutil.AV_PIX_FMT_YUV420P);
  }

  private void drain() {
    ClipFile out = Objects.requireNonNull(file);
    while (avcodec.avcodec_receive_packet(encoder, packet) >= 0) {
      long pts = avutil.av_rescale(packet.pts(), 1_000_000, TICKS);
      long dts = avutil.av_rescale(packet.dts(), 1_000_000, TICKS);
      out.write(packet, pts, dts, Math.max(0, endMicros - zeroMicros - pts));
      avcodec.av_packet_unref(packet);
    }
  }

  /// Completes the clip.
  ///
  /// @param target receives its bytes in order, each part valid during the call
  /// @throws UnreadableMediaException NO_FRAMES when no frame lies in the range
  public Clip finish(Consumer<MemorySegment> target) throws UnreadableMediaException {
    if (file == null) {
      throw new UnreadableMediaException(Reason.NO_FRAMES, "no frame lies in the requested range");
    }
    Ffmpeg.check(avcodec.avcodec_send_frame(encoder, null), "encoding");
    drain();
    file.finish(target);
    return new Clip(zeroMicros, endMicros, "h264", Clip.End.COMPLETE);
  }

  @Override
  public void close() {
    avcodec.av_packet_free(packet);
    if (scaler != null) {
      scaler.close();
      scaler = null;
    }
    if (encoder != null) {
      avcodec.avcodec_free_context(encoder);
      encoder = null;
    }
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
