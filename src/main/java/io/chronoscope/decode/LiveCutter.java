package io.chronoscope.decode;

import io.chronoscope.decode.LiveSegment.StatedTime;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/// Cuts the packets of a live video into segments at key frames, as [MediaCutter] does with files,
/// open groups of pictures included. Where timestamps jump, the segment ends.
final class LiveCutter implements LivePackets {

  /// A larger distance between two packets is no pause of the video but another origin of its time.
  private static final long JUMP_MICROS = 10_000_000;

  /// Key frames may be this many segment lengths apart.
  private static final int MAX_LENGTHS = 15;

  private final AVStream stream;
  private final LiveSettings settings;
  private final Consumer<LiveSegment> sink;
  private final SegmentMuxer muxer;
  private final CutPackets packets = new CutPackets();
  private long sizeBytes;
  private boolean continues;
  private long latestDts = Long.MIN_VALUE;
  private long arrivalOffsetMicros = Long.MAX_VALUE;
  private Optional<StatedTime> stated = Optional.empty();
  private long skipped;

  /// @param stream whose packets are cut; must outlive the cutter
  LiveCutter(AVStream stream, LiveSettings settings, Consumer<LiveSegment> sink)
      throws UnreadableMediaException {
    this.stream = stream;
    this.settings = settings;
    this.sink = sink;
    this.muxer = new SegmentMuxer(stream);
  }

  /// Sets the missing one of a packet's two timestamps from the other.
  ///
  /// @param packet has one at least
  static void fillTimestamps(AVPacket packet) {
    if (packet.pts() == avutil.AV_NOPTS_VALUE) {
      packet.pts(packet.dts());
    }
    if (packet.dts() == avutil.AV_NOPTS_VALUE) {
      packet.dts(packet.pts());
    }
  }

  @Override
  public void add(AVPacket packet, long arrivedMicros, Optional<StatedTime> time)
      throws UnreadableMediaException {
    makeAscending(packet);
    arrivalOffsetMicros = Math.min(arrivalOffsetMicros, arrivedMicros - micros(packet.pts()));
    time.ifPresent(one -> stated = time);
    if (packets.isEndedBy(packet)) {
      startSegment();
    }
    boolean key = (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
    boolean started = !packets.segment().isEmpty();
    if (packets.isEnding() || (key && started && isLongEnough(packet.pts()))) {
      packets.addPending(kept(packet));
    } else if (key || started) {
      packets.segment().add(kept(packet));
      requireKeyFrames(micros(packet.pts()) - micros(zeroTicks()));
    } else {
      // Packets before the first key frame cannot be decoded.
      skipped += Math.max(1, packet.duration());
      requireKeyFrames(micros(skipped));
    }
  }

  private AVPacket kept(AVPacket packet) {
    sizeBytes += packet.size();
    return avcodec.av_packet_clone(packet);
  }

  /// Decode times must ascend within a segment. Where they jump, another begins.
  private void makeAscending(AVPacket packet) {
    if (latestDts != Long.MIN_VALUE) {
      long distance = micros(packet.dts()) - micros(latestDts);
      if (Math.abs(distance) > JUMP_MICROS) {
        finish();
        continues = false;
        stated = Optional.empty();
      } else if (packet.dts() <= latestDts) {
        packet.dts(latestDts + 1);
        packet.pts(Math.max(packet.pts(), packet.dts()));
      }
    }
    latestDts = packet.dts();
  }

  private void requireKeyFrames(long sinceMicros) throws UnreadableMediaException {
    if (sizeBytes > settings.maxSegmentBytes()) {
      throw noKeyFrames("within %.1f MB".formatted(settings.maxSegmentBytes() / 1e6));
    }
    Duration most = settings.segmentLength().multipliedBy(MAX_LENGTHS);
    if (sinceMicros > most.toNanos() / 1000) {
      throw noKeyFrames("within %d s".formatted(most.toSeconds()));
    }
  }

  private static UnreadableMediaException noKeyFrames(String where) {
    return new UnreadableMediaException(
        Reason.NO_FRAMES,
        "the video has no key frame %s and cannot be cut; --encode (chronoscope.live.encode)"
                .formatted(where)
            + " encodes it anew");
  }

  private boolean isLongEnough(long ticks) {
    return micros(ticks) - micros(zeroTicks()) >= settings.segmentLength().toNanos() / 1000;
  }

  private void startSegment() {
    try {
      packets.startSegment(this::emit);
    } finally {
      sizeBytes = packets.segment().getLast().size();
    }
  }

  @Override
  public void finish() {
    packets.finish(this::emit);
    if (!packets.segment().isEmpty()) {
      emit(endTicks());
    }
    sizeBytes = 0;
    skipped = 0;
  }

  private void emit(long untilTicks) {
    long zero = zeroTicks();
    long start = micros(zero);
    LiveSegment next =
        new LiveSegment(
            start,
            Duration.of(micros(untilTicks) - start, ChronoUnit.MICROS),
            muxer.contentType(),
            muxer.write(packets.segment(), zero),
            packets.segment().size(),
            continues,
            arrivalOffsetMicros,
            stated);
    packets.clearSegment();
    continues = true;
    arrivalOffsetMicros = Long.MAX_VALUE;
    sink.accept(next);
  }

  private long micros(long ticks) {
    return Ffmpeg.micros(ticks, stream.time_base());
  }

  private long zeroTicks() {
    return packets.segment().stream().mapToLong(AVPacket::pts).min().orElseThrow();
  }

  private long endTicks() {
    return packets.segment().stream()
        .mapToLong(p -> p.pts() + Math.max(0, p.duration()))
        .max()
        .orElseThrow();
  }

  @Override
  public void close() {
    packets.close();
  }
}
