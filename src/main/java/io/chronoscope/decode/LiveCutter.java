package io.chronoscope.decode;

import io.chronoscope.decode.LiveSegment.StatedTime;
import io.chronoscope.domain.Rejection.Reason;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/// Cuts the packets of a live video into segments at key frames, as [MediaCutter] does with files:
/// frames that follow a key frame and are displayed before it go to the segment that ends there,
/// with a copy of the key frame. Where timestamps jump, the segment ends.
final class LiveCutter implements LivePackets {

  /// A larger distance between two packets is no pause of the video but another origin of its time.
  private static final long JUMP_MICROS = 10_000_000;

  /// Key frames may be this many segment lengths apart.
  private static final int MAX_LENGTHS = 15;

  private final AVStream stream;
  private final LiveSettings settings;
  private final Consumer<LiveSegment> sink;
  private final SegmentMuxer muxer;
  private final List<AVPacket> segment = new ArrayList<>();
  private final List<AVPacket> pending = new ArrayList<>();
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
    if (!pending.isEmpty() && packet.pts() > pending.getFirst().pts()) {
      startSegment();
    }
    boolean key = (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
    if (!pending.isEmpty()) {
      keep(packet, pending);
    } else if (key && !segment.isEmpty() && isLongEnough(packet.pts())) {
      keep(packet, pending);
    } else if (key || !segment.isEmpty()) {
      keep(packet, segment);
      requireKeyFrames(micros(packet.pts()) - micros(zeroTicks()));
    } else {
      // Packets before the first key frame cannot be decoded.
      skipped += Math.max(1, packet.duration());
      requireKeyFrames(micros(skipped));
    }
  }

  private void keep(AVPacket packet, List<AVPacket> list) {
    list.add(avcodec.av_packet_clone(packet));
    sizeBytes += packet.size();
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

  /// Emits the segment and starts the next one at the pending key frame.
  private void startSegment() {
    AVPacket key = pending.getFirst();
    if (pending.size() > 1) { // an open group
      segment.add(avcodec.av_packet_clone(key));
      segment.addAll(pending.subList(1, pending.size()));
    }
    pending.clear();
    try {
      emit(key.pts());
    } finally {
      segment.add(key);
      sizeBytes = key.size();
    }
  }

  @Override
  public void finish() {
    if (!pending.isEmpty()) {
      AVPacket key = pending.getFirst();
      if (pending.size() == 1) {
        pending.clear();
        emit(key.pts());
        segment.add(key);
      } else {
        segment.addAll(pending);
        pending.clear();
      }
    }
    if (!segment.isEmpty()) {
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
            muxer.write(segment, zero),
            segment.size(),
            continues,
            arrivalOffsetMicros,
            stated);
    free(segment);
    continues = true;
    arrivalOffsetMicros = Long.MAX_VALUE;
    sink.accept(next);
  }

  private long micros(long ticks) {
    return Ffmpeg.micros(ticks, stream.time_base());
  }

  private long zeroTicks() {
    return segment.stream().mapToLong(AVPacket::pts).min().orElseThrow();
  }

  private long endTicks() {
    return segment.stream().mapToLong(p -> p.pts() + Math.max(0, p.duration())).max().orElseThrow();
  }

  private static void free(List<AVPacket> packets) {
    packets.forEach(avcodec::av_packet_free);
    packets.clear();
  }

  @Override
  public void close() {
    free(segment);
    free(pending);
  }
}
