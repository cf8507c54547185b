package io.chronoscope.decode;

import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// Decodes one opened input from its first packet to its last: reads packets, feeds the decoder and
/// hands its frames to [FrameTiming]. Counts what the decoder rejects and decides at the end
/// whether enough of the input was readable.
final class DecodeLoop implements AutoCloseable {

  private static final int AGAIN = avutil.AVERROR_EAGAIN();

  /// Consecutive errors after which the decoder gets the next packet.
  private static final int MAX_ERRORS_PER_PACKET = 64;

  private final VideoPackets source;
  private final DecodeLimits limits;
  private final DecoderFactory decoders;
  private final String codecName;
  private final FrameTiming timing;
  private final DamageDetector damage;
  private final AVFrame decoded = avutil.av_frame_alloc();

  private AVCodecContext decoder;
  private long packets;
  private long rejected;

  DecodeLoop(VideoPackets source, DecodeLimits limits, FrameSink sink, DecoderOptions options)
      throws UnreadableMediaException {
    this.source = source;
    this.limits = limits;
    this.decoders = new DecoderFactory(limits, options);
    this.codecName = source.input().codecName();
    this.timing = new FrameTiming(source, limits, sink);
    this.damage = new DamageDetector(source, decoders);
    boolean opened = false;
    try {
      this.decoder = decoders.open(source.input().stream());
      opened = true;
    } finally {
      if (!opened) {
        freeFrames();
      }
    }
  }

  MediaFacts run() throws UnreadableMediaException {
    source.rewind();
    AVPacket packet = source.next();
    while (packet != null) {
      packets++;
      if (source.input().codecId() != decoder.codec_id()) {
        reopenDecoder();
      }
      decode(packet);
      packet = source.next();
    }
    feed(null);
    long endMicros = timing.finish();
    requireComplete();
    return new MediaFacts(
            source.input().container().displayName(),
            codecName,
            timing.widthPx(),
            timing.heightPx(),
            endMicros,
            timing.firstMicros(),
            timing.frames(),
            timing.damaged() + rejected,
            timing.gaps(),
            timing.damage(),
            source.input().strayBytes(),
            source.input().selection())
        .lasting(source.input().declaredEndMicros())
        .withDamageUpTo(limits.maxDamage());
  }

  private void decode(AVPacket packet) throws UnreadableMediaException {
    if (packet.size() == 0) {
      return; // repeats the frame before
    }
    damage.begin(packet);
    long before = rejected;
    feed(packet);
    if (damage.end(decoder, packet, rejected > before)) {
      timing.markDamaged(packet.pts());
    }
  }

  /// A transport stream may switch to another codec in its middle.
  private void reopenDecoder() throws UnreadableMediaException {
    feed(null);
    AVCodecContext next = decoders.openAfterCodecChange(source.input().stream());
    avcodec.avcodec_free_context(decoder);
    decoder = next;
    damage.switchTo(SupportedCodecs.of(source.input().stream().codecpar()));
  }

  /// Feeds the decoder a packet, or `null` to drain it, and receives all frames that are ready.
  private void feed(@Nullable AVPacket next) throws UnreadableMediaException {
    int sent = avcodec.avcodec_send_packet(decoder, next);
    Ffmpeg.requireMemory(sent);
    if (sent < 0 && sent != avutil.AVERROR_EOF) {
      countRejected();
    }
    int errors = 0;
    int received = avcodec.avcodec_receive_frame(decoder, decoded);
    while (received != AGAIN && received != avutil.AVERROR_EOF && errors < MAX_ERRORS_PER_PACKET) {
      Ffmpeg.requireMemory(received);
      if (received < 0) {
        errors++;
        countRejected();
      } else {
        try {
          InputChecks.requirePicture(decoded.width(), decoded.height(), limits);
          if (decoded.pts() == avutil.AV_NOPTS_VALUE && damage.isSpreading()) {
            decoded.flags(decoded.flags() | AVFrame.AV_FRAME_FLAG_CORRUPT);
          }
          timing.add(decoded, codecFrameMicros());
        } finally {
          avutil.av_frame_unref(decoded);
        }
      }
      received = avcodec.avcodec_receive_frame(decoder, decoded);
    }
  }

  private long codecFrameMicros() {
    return frameMicros(decoder.framerate());
  }

  /// Frame duration in microseconds at the rate that a codec states; 0 when it states none.
  static long frameMicros(AVRational rate) {
    return rate.num() > 0 && rate.den() > 0 ? 1_000_000L * rate.den() / rate.num() : 0;
  }

  private void countRejected() throws UnreadableMediaException {
    rejected++;
    // A decoder that meets a picture beyond its size limit resets its own size.
    if (timing.frames() > 0 && (decoder.width() == 0 || decoder.height() == 0)) {
      throw new UnreadableMediaException(
          Reason.PICTURE_TOO_LARGE,
          "after frame %d the picture size changes to more than the limit of %d pixels"
              .formatted(timing.frames(), limits.maxPixels()));
    }
  }

  private void requireComplete() throws UnreadableMediaException {
    long indexed = source.input().indexedPackets();
    if (packets < indexed) {
      throw new UnreadableMediaException(
          Reason.TRUNCATED,
          "the index lists %d frames, only %d are present".formatted(indexed, packets));
    }
    source.requireReadToTheEnd();
    long frames = timing.frames();
    long damaged = timing.damaged() + rejected;
    if (frames == 0) {
      throw new UnreadableMediaException(
          rejected > 0 ? Reason.CORRUPT : Reason.NO_FRAMES,
          "no frame was decoded from %d packet(s) of %s, %d of which the decoder rejected"
              .formatted(packets, codecName, rejected));
    }
    if (2 * timing.backwards() > frames) {
      throw new UnreadableMediaException(
          Reason.BAD_TIME,
          "its clock is set back: %d frames have a time not later than the frame before"
              .formatted(timing.backwards()));
    }
    if (!timing.hasIntactFrames()) {
      throw new UnreadableMediaException(
          Reason.CORRUPT, "%d of %d frames are damaged".formatted(damaged, frames + rejected));
    }
  }

  @Override
  public void close() {
    freeFrames();
    avcodec.avcodec_free_context(decoder);
  }

  private void freeFrames() {
    damage.close();
    timing.close();
    avutil.av_frame_free(decoded);
  }
}
