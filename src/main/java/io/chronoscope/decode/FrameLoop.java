package io.chronoscope.decode;

import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.model.Rejection.Reason;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// Decodes one opened input from its first packet to its last. One frame is held back until the
/// next one is known, because a frame is shown until then.
final class FrameLoop implements AutoCloseable {

  private static final long GUESSED_FRAME_MICROS = 40_000;
  private static final int AGAIN = avutil.AVERROR_EAGAIN();

  private final VideoInput input;
  private final DecodeLimits limits;
  private final long maxMicros;
  private final FrameSink sink;
  private final AVCodecContext codec;
  private final AVPacket packet = avcodec.av_packet_alloc();
  private final AVFrame decoded = avutil.av_frame_alloc();
  private final AVFrame held = avutil.av_frame_alloc();
  private final PictureConverter converter = new PictureConverter();

  private boolean holding;
  private long heldMicros;
  private long firstMicros;
  private long packets;
  private long refused;
  private long frames;
  private long damaged;
  private int widthPx;
  private int heightPx;

  FrameLoop(VideoInput input, DecodeLimits limits, FrameSink sink, int threads)
      throws UnreadableMediaException {
    this.input = input;
    this.limits = limits;
    this.maxMicros = limits.maxDuration().toNanos() / 1000;
    this.sink = sink;
    AVCodec decoder = avcodec.avcodec_find_decoder_by_name(input.decoderName());
    this.codec = avcodec.avcodec_alloc_context3(decoder);
    int result = avcodec.avcodec_parameters_to_context(codec, input.stream().codecpar());
    if (result >= 0) {
      codec.pkt_timebase(input.timeBase());
      codec.thread_count(threads);
      codec.max_pixels(limits.maxPixels());
      result = avcodec.avcodec_open2(codec, decoder, (AVDictionary) null);
    }
    if (result < 0) {
      close();
      throw new UnreadableMediaException(
          Reason.CORRUPT,
          "the %s decoder cannot be set up: %s"
              .formatted(input.codecName(), Ffmpeg.describe(result)));
    }
  }

  MediaFacts run() throws UnreadableMediaException {
    long indexed = input.indexedPackets();
    int result = input.read(packet);
    while (result >= 0) {
      packets++;
      try {
        feed(packet);
      } finally {
        avcodec.av_packet_unref(packet);
      }
      result = input.read(packet);
    }
    feed(null);
    long endMicros = holding ? deliverLast() : 0;
    requireWhole(indexed, result);
    return new MediaFacts(
        input.container().displayName(),
        input.codecName(),
        widthPx,
        heightPx,
        endMicros,
        firstMicros,
        frames,
        damaged + refused);
  }

  /// Gives the decoder a packet, or `null` for the end, and takes all frames that are ready.
  private void feed(@Nullable AVPacket next) throws UnreadableMediaException {
    int sent = avcodec.avcodec_send_packet(codec, next);
    if (sent < 0 && sent != avutil.AVERROR_EOF) {
      refuse();
    }
    int errors = 0;
    int received = avcodec.avcodec_receive_frame(codec, decoded);
    while (received != AGAIN && received != avutil.AVERROR_EOF && errors < 64) {
      if (received < 0) {
        errors++;
        refuse();
      } else {
        try {
          accept();
        } finally {
          avutil.av_frame_unref(decoded);
        }
      }
      received = avcodec.avcodec_receive_frame(codec, decoded);
    }
  }

  private void refuse() throws UnreadableMediaException {
    refused++;
    // a decoder that meets a size beyond its limit forgets the size it had
    if (frames > 0 && (codec.width() == 0 || codec.height() == 0)) {
      throw new UnreadableMediaException(
          Reason.PICTURE_TOO_LARGE,
          "after frame %d the picture changes to a size beyond the limit of %d pixels"
              .formatted(frames, limits.maxPixels()));
    }
  }

  private void accept() throws UnreadableMediaException {
    VideoInput.requireSmallPicture(decoded.width(), decoded.height(), limits);
    long ticks = decoded.best_effort_timestamp();
    long micros =
        ticks != avutil.AV_NOPTS_VALUE
            ? input.micros(ticks)
            : holding ? heldMicros + frameMicros(held) : 0;
    if ((holding && micros <= heldMicros) || micros < -maxMicros) {
      damaged++; // its time cannot be right
      return;
    }
    if (frames >= limits.maxFrames()) {
      throw new UnreadableMediaException(
          Reason.TOO_LONG, "it has more than %d frames".formatted(limits.maxFrames()));
    }
    requireShort(micros);
    if (holding) {
      deliver(micros);
    } else {
      firstMicros = micros;
    }
    avutil.av_frame_move_ref(held, decoded);
    holding = true;
    heldMicros = micros;
    frames++;
    if (held.decode_error_flags() != 0 || (held.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0) {
      damaged++;
    }
    if (widthPx == 0) {
      boolean swapped = PictureConverter.Orientation.of(held).a() == 0;
      widthPx = swapped ? held.height() : held.width();
      heightPx = swapped ? held.width() : held.height();
    }
  }

  private void deliver(long untilMicros) throws UnreadableMediaException {
    try {
      if (sink.wants(heldMicros, untilMicros)) {
        sink.frame(heldMicros, untilMicros, converter.convert(held));
      }
    } finally {
      avutil.av_frame_unref(held);
      holding = false;
    }
  }

  /// @return the end of the last frame, by its own duration or else the average
  private long deliverLast() throws UnreadableMediaException {
    long until = heldMicros + frameMicros(held);
    requireShort(until);
    deliver(until);
    return until;
  }

  private long frameMicros(AVFrame frame) {
    long own = Ffmpeg.micros(frame.duration(), input.timeBase());
    if (own > 0) {
      return own;
    }
    return frames > 1 ? (heldMicros - firstMicros) / (frames - 1) : GUESSED_FRAME_MICROS;
  }

  private void requireShort(long micros) throws UnreadableMediaException {
    if (micros > maxMicros) {
      throw new UnreadableMediaException(
          Reason.TOO_LONG,
          "it goes on at %.1f s, the limit is %.1f s".formatted(micros / 1e6, maxMicros / 1e6));
    }
  }

  private void requireWhole(long indexed, int readResult) throws UnreadableMediaException {
    if (packets < indexed) {
      throw new UnreadableMediaException(
          Reason.TRUNCATED, "the index lists %d frames, %d are there".formatted(indexed, packets));
    }
    if (readResult != avutil.AVERROR_EOF) {
      throw new UnreadableMediaException(
          Reason.CORRUPT,
          "reading stopped after packet %d: %s".formatted(packets, Ffmpeg.describe(readResult)));
    }
    if (frames == 0) {
      throw new UnreadableMediaException(
          refused > 0 ? Reason.CORRUPT : Reason.NO_FRAMES,
          "no frame came out of %d packet(s) of %s, %d of which the decoder refused"
              .formatted(packets, input.codecName(), refused));
    }
    if (2 * (damaged + refused) > frames + refused) {
      throw new UnreadableMediaException(
          Reason.CORRUPT,
          "%d of %d frames are damaged".formatted(damaged + refused, frames + refused));
    }
  }

  @Override
  public void close() {
    converter.close();
    avutil.av_frame_free(held);
    avutil.av_frame_free(decoded);
    avcodec.av_packet_free(packet);
    avcodec.avcodec_free_context(codec);
  }
}
