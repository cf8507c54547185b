package io.chronoscope.decode;

import io.chronoscope.decode.MediaDecoder.Display;
import io.chronoscope.decode.MediaDecoder.SelectiveSink;
import io.chronoscope.decode.bitstream.BrokenBytes;
import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.UnreadableMediaException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// Decodes only what the wanted frames depend on: times all frames by their packets, lets the sink
/// select, and skips disposable packets and the rest of a group after its last wanted frame.
///
/// The wanted frames and their pixels are those of [DecodeLoop]. That holds for media whose packets
/// are exactly one frame each, all with a time; for anything else, and as soon as a frame is
/// missing, unexpected or damaged, this gives up and leaves the segment to [DecodeLoop]. A hardware
/// decoder is used here alone, so that what it reports as wrong is decoded again by the CPU, which
/// says what of it is damaged.
final class SelectiveDecode implements AutoCloseable {

  private final VideoPackets source;
  private final VideoInput input;
  private final DecodeLimits limits;
  private final DecoderFactory decoders;
  private final SelectiveSink sink;
  private final PictureConverter converter;
  private final DeviceFrames deviceFrames = new DeviceFrames();
  private final AVFrame decoded = avutil.av_frame_alloc();
  private final BrokenBytes broken;
  private final PayloadEnd payloadEnd;
  private final DecoderLog log;
  private @Nullable AVCodecContext decoder;
  private boolean usesHardware;
  private List<Display> displays = List.of();
  private BitSet selected = new BitSet();

  /// Frames that the decoder is going to output, by index in presentation order.
  private BitSet fed = new BitSet();

  private int next;
  private int widthPx;
  private int heightPx;

  /// @param options if they name hardware, it decodes what it can
  /// @throws UnreadableMediaException UNSUPPORTED_CODEC
  SelectiveDecode(
      VideoPackets source, DecodeLimits limits, SelectiveSink sink, DecoderOptions options)
      throws UnreadableMediaException {
    this.source = source;
    this.input = source.input();
    this.limits = limits;
    this.decoders = new DecoderFactory(limits, options);
    this.sink = sink;
    this.converter = new PictureConverter(input.pixelAspect());
    VideoCodec codec = SupportedCodecs.of(input.stream().codecpar());
    this.broken = BrokenBytes.of(codec, input.extradata());
    this.payloadEnd = PayloadEnd.of(codec, input.extradata());
    this.log = DecoderLog.open(options.threads());
  }

  /// @return empty when the segment has to be decoded as a whole; the sink may have received frames
  /// @throws UnreadableMediaException when the decoder cannot be opened or a picture not converted
  Optional<MediaFacts> run() throws UnreadableMediaException {
    TimedPackets packets = new TimedPackets(source);
    Optional<AVCodecContext> onHardware = decoders.openOnHardware(input.stream());
    usesHardware = onHardware.isPresent();
    AVCodecContext context = usesHardware ? onHardware.get() : decoders.open(input.stream());
    decoder = context;
    Optional<List<Display>> timed = packets.displays(limits, codecFrameMicros(context));
    if (timed.isEmpty()) {
      return Optional.empty();
    }
    displays = timed.get();
    if (packets.areBroken(broken)) {
      return Optional.empty();
    }
    selected = sink.select(displays);
    Optional<DecodePlan> plan = packets.planFor(selected);
    if (plan.isEmpty()) {
      return Optional.empty();
    }
    boolean nothingToGain = plan.get().packets().cardinality() == displays.size() && !usesHardware;
    if (nothingToGain) {
      return Optional.empty();
    }
    fed = packets.framesOf(plan.get().packets());
    var unused = log.takeError(); // of what came before
    return decode(context, packets, plan.get()) ? facts(context, packets) : Optional.empty();
  }

  /// @return whether the frames were as expected
  private boolean decode(AVCodecContext context, TimedPackets packets, DecodePlan plan)
      throws UnreadableMediaException {
    BitSet needed = plan.packets();
    for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
      // A codec may count pictures modulo a power of two, which is ambiguous after a gap.
      if (i > 0 && plan.starts().get(i) && !drain(context, packets)) {
        return false;
      }
      if (!feed(context, packets.get(i), packets)) {
        return false;
      }
    }
    return feed(context, null, packets) && skipTo(displays.size()) && fed.isEmpty();
  }

  /// Receives what the decoder still holds and makes it start anew.
  private boolean drain(AVCodecContext context, TimedPackets packets)
      throws UnreadableMediaException {
    boolean drained = feed(context, null, packets);
    avcodec.avcodec_flush_buffers(context);
    return drained;
  }

  private boolean feed(AVCodecContext context, @Nullable AVPacket packet, TimedPackets packets)
      throws UnreadableMediaException {
    return receive(context, packet, packets)
        && log.takeError().isEmpty()
        && (packet == null || usesHardware || !payloadEnd.isMissed(context, packet));
  }

  private boolean receive(AVCodecContext context, @Nullable AVPacket packet, TimedPackets packets)
      throws UnreadableMediaException {
    int result = avcodec.avcodec_send_packet(context, packet);
    requireMemory(result);
    if (result < 0) {
      return false;
    }
    result = avcodec.avcodec_receive_frame(context, decoded);
    while (result >= 0) {
      try {
        if (!accept(packets)) {
          return false;
        }
      } finally {
        avutil.av_frame_unref(decoded);
      }
      result = avcodec.avcodec_receive_frame(context, decoded);
    }
    requireMemory(result);
    return result == avutil.AVERROR_EAGAIN() || result == avutil.AVERROR_EOF;
  }

  private void requireMemory(int result) throws UnreadableMediaException {
    if (!usesHardware) { // its memory may be exhausted while the CPU's is not
      Ffmpeg.requireMemory(result);
    }
  }

  private boolean accept(TimedPackets packets) throws UnreadableMediaException {
    int frame = packets.frameAt(decoded.pts());
    if (Ffmpeg.isDamaged(decoded) || frame < next || !fed.get(frame) || !skipTo(frame)) {
      return false;
    }
    fed.clear(frame);
    InputChecks.requirePicture(decoded.width(), decoded.height(), limits);
    if (frame == 0) {
      FrameSize size = converter.sizeOf(decoded);
      widthPx = size.widthPx();
      heightPx = size.heightPx();
    }
    Display display = displays.get(frame);
    boolean wanted = sink.wants(display.fromMicros(), display.untilMicros());
    if (wanted != selected.get(frame)) {
      throw new IllegalStateException(
          "the sink wants the frame at %d µs: %s, but selected otherwise"
              .formatted(display.fromMicros(), wanted));
    }
    if (wanted) {
      Optional<AVFrame> picture = deviceFrames.inMemory(decoded);
      if (picture.isEmpty()) {
        return false;
      }
      sink.frame(display.fromMicros(), display.untilMicros(), converter.convert(picture.get()));
    }
    next = frame + 1;
    return true;
  }

  /// Passes over frames that were not decoded.
  ///
  /// @return whether none of them should have been
  private boolean skipTo(int frame) {
    for (; next < frame; next++) {
      Display display = displays.get(next);
      if (fed.get(next)) {
        return false;
      }
      if (sink.wants(display.fromMicros(), display.untilMicros())) {
        throw new IllegalStateException(
            "the sink wants the frame at %d µs, which it did not select"
                .formatted(display.fromMicros()));
      }
    }
    return true;
  }

  /// @return empty when the decoder found another frame rate than the container states, on which
  ///   the end may depend
  private Optional<MediaFacts> facts(AVCodecContext context, TimedPackets packets) {
    if (!packets.displays(limits, codecFrameMicros(context)).equals(Optional.of(displays))) {
      return Optional.empty();
    }
    return Optional.of(
        new MediaFacts(
                input.container().displayName(),
                input.codecName(),
                widthPx,
                heightPx,
                displays.getLast().untilMicros(),
                displays.getFirst().fromMicros(),
                displays.size(),
                0,
                List.of(),
                List.of(),
                input.strayBytes(),
                input.selection())
            .lasting(input.declaredEndMicros())
            .withDamageUpTo(limits.maxDamage()));
  }

  private static long codecFrameMicros(AVCodecContext context) {
    return DecodeLoop.frameMicros(context.framerate());
  }

  @Override
  public void close() {
    log.close();
    converter.close();
    deviceFrames.close();
    avutil.av_frame_free(decoded);
    if (decoder != null) {
      avcodec.avcodec_free_context(decoder);
    }
  }
}
