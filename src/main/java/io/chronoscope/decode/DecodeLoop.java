package io.chronoscope.decode;

import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.domain.Rejection.Reason;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// Decodes one opened input from its first packet to its last.
final class DecodeLoop implements AutoCloseable {

  private static final int AGAIN = avutil.AVERROR_EAGAIN();

  private final VideoInput input;
  private final DecodeLimits limits;
  private final int threads;
  private final String codecName;
  private final FrameTiming shown;
  private final AVPacket packet = avcodec.av_packet_alloc();
  private final AVFrame decoded = avutil.av_frame_alloc();

  private AVCodecContext codec;
  private long packets;
  private long refused;

  DecodeLoop(VideoInput input, DecodeLimits limits, FrameSink sink, int threads)
      throws UnreadableMediaException {
    this.input = input;
    this.limits = limits;
    this.threads = threads;
    this.codecName = input.codecName();
    this.shown = new FrameTiming(input, limits, sink);
    boolean opened = false;
    this.codec = avcodec.avcodec_alloc_context3(input.decoder());
    try {
      open(input.decoder(), true);
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private void open(AVCodec decoder, boolean first) throws UnreadableMediaException {
    int result = avcodec.avcodec_parameters_to_context(codec, input.stream().codecpar());
    if (result >= 0) {
      if (!first) {
        // What the container said before all packets was said of another codec.
        avutil.av_free(codec.extradata());
        codec.extradata(null);
        codec.extradata_size(0);
      }
      codec.pkt_timebase(input.timeBase());
      codec.thread_count(threads);
      codec.max_pixels(limits.maxPixels());
      result = avcodec.avcodec_open2(codec, decoder, (AVDictionary) null);
    }
    if (result < 0) {
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
        if (input.codecId() != codec.codec_id()) {
          changeCodec();
        }
        feed(packet);
      } finally {
        avcodec.av_packet_unref(packet);
      }
      result = input.read(packet);
    }
    feed(null);
    long endMicros = shown.end();
    requireWhole(indexed, result);
    return new MediaFacts(
        input.container().displayName(),
        codecName,
        shown.widthPx(),
        shown.heightPx(),
        endMicros,
        shown.firstMicros(),
        shown.frames(),
        shown.damaged() + refused,
        shown.holes());
  }

  /// A transport stream may say in its middle that what follows is coded in another way.
  private void changeCodec() throws UnreadableMediaException {
    feed(null);
    AVCodec decoder = input.decoder();
    avcodec.avcodec_free_context(codec);
    codec = avcodec.avcodec_alloc_context3(decoder);
    open(decoder, false);
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
          VideoInput.requireSmallPicture(decoded.width(), decoded.height(), limits);
          shown.add(decoded, codecMicros());
        } finally {
          avutil.av_frame_unref(decoded);
        }
      }
      received = avcodec.avcodec_receive_frame(codec, decoded);
    }
  }

  /// A frame's length as the codec states it; 0 when it does not.
  private long codecMicros() {
    AVRational rate = codec.framerate();
    return rate.num() > 0 && rate.den() > 0 ? 1_000_000L * rate.den() / rate.num() : 0;
  }

  private void refuse() throws UnreadableMediaException {
    refused++;
    // a decoder that meets a size beyond its limit forgets the size it had
    if (shown.frames() > 0 && (codec.width() == 0 || codec.height() == 0)) {
      throw new UnreadableMediaException(
          Reason.PICTURE_TOO_LARGE,
          "after frame %d the picture changes to a size beyond the limit of %d pixels"
              .formatted(shown.frames(), limits.maxPixels()));
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
    long frames = shown.frames();
    long damaged = shown.damaged() + refused;
    if (frames == 0) {
      throw new UnreadableMediaException(
          refused > 0 ? Reason.CORRUPT : Reason.NO_FRAMES,
          "no frame came out of %d packet(s) of %s, %d of which the decoder refused"
              .formatted(packets, codecName, refused));
    }
    if (2 * damaged > frames + refused) {
      if (2 * shown.backwards() > damaged) {
        throw new UnreadableMediaException(
            Reason.BAD_TIME,
            "its clock is set back: %d frames have a time that is not after that of the frame before"
                .formatted(shown.backwards()));
      }
      throw new UnreadableMediaException(
          Reason.CORRUPT, "%d of %d frames are damaged".formatted(damaged, frames + refused));
    }
  }

  @Override
  public void close() {
    shown.close();
    avutil.av_frame_free(decoded);
    avcodec.av_packet_free(packet);
    avcodec.avcodec_free_context(codec);
  }
}
