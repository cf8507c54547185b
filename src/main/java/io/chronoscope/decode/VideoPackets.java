package io.chronoscope.decode;

import io.chronoscope.decode.container.ContainerFormat;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/// The packets of a segment's or a file's video, in decoding order, each with the time at which its
/// frame is presented: the one way in for decoding, cutting, copying and playing.
///
/// All packets are read once before the first is handed out, because their times depend on each
/// other ([PacketTimes]). They stay in memory up to a limit; a larger input, or one that changes
/// its codec, is read a second time.
///
/// **Time zero.** MP4 with an index: presentation time zero of the movie, edit lists applied. All
/// others, fragments of a longer MP4 presentation included: the earliest presentation time of the
/// program to which the video belongs. What is presented before time zero is not shown, but others
/// may depend on it.
final class VideoPackets implements AutoCloseable {

  private static final long MAX_BYTES = 256L << 20;

  private final DecodeLimits limits;
  private final OptionalDouble statedFps;
  private final List<AVPacket> kept = new ArrayList<>();
  private final AVPacket current = avcodec.av_packet_alloc();
  private final PacketTimes times;
  private VideoInput input;
  private long[] decodeTimes = {};
  private long usualInterval;
  private boolean keeps = true;
  private int result;
  private int next;

  private VideoPackets(MemorySegment bytes, DecodeLimits limits, OptionalDouble statedFps)
      throws UnreadableMediaException {
    this.limits = limits;
    this.statedFps = statedFps;
    this.input = VideoInput.open(bytes, limits);
    this.times = new PacketTimes(input.timeBase());
  }

  /// Opens an input and reads all of its video's packets.
  ///
  /// @param bytes must stay valid until this is closed
  /// @throws UnreadableMediaException when the container, the codec or a limit forbids decoding
  static VideoPackets open(MemorySegment bytes, DecodeLimits limits)
      throws UnreadableMediaException {
    return open(bytes, limits, OptionalDouble.empty());
  }

  /// @param statedFps frame rate that counts instead of all times that the input states
  static VideoPackets open(MemorySegment bytes, DecodeLimits limits, OptionalDouble statedFps)
      throws UnreadableMediaException {
    return open(bytes, limits, statedFps, MAX_BYTES);
  }

  /// @param maxBytes of packets in memory
  static VideoPackets open(
      MemorySegment bytes, DecodeLimits limits, OptionalDouble statedFps, long maxBytes)
      throws UnreadableMediaException {
    VideoPackets packets = new VideoPackets(bytes, limits, statedFps);
    boolean opened = false;
    try {
      packets.readAll(maxBytes);
      packets.requireAny();
      packets.determineTimes();
      opened = true;
      return packets;
    } finally {
      if (!opened) {
        packets.close();
      }
    }
  }

  private void readAll(long maxBytes) throws UnreadableMediaException {
    input.disableTimestampGeneration();
    int codec = input.codecId();
    long size = 0;
    while (true) {
      result = input.read(current);
      if (result < 0) {
        break;
      }
      int flags = current.flags();
      times.add(
          current.pts(),
          current.dts(),
          (flags & avcodec.AV_PKT_FLAG_KEY) != 0,
          (flags & avcodec.AV_PKT_FLAG_DISCARD) != 0);
      size += current.size();
      if (keeps && (size > maxBytes || input.codecId() != codec)) {
        keeps = false;
        release();
      }
      if (keeps) {
        AVPacket packet = avcodec.av_packet_alloc();
        avcodec.av_packet_move_ref(packet, current);
        kept.add(packet);
      } else {
        avcodec.av_packet_unref(current);
      }
    }
    input.requireRoomForStreams(result);
    if (!keeps) {
      reopen();
    }
  }

  private void requireAny() throws UnreadableMediaException {
    if (size() > 0) {
      return;
    }
    requireReadToTheEnd();
    throw new UnreadableMediaException(
        Reason.NO_FRAMES,
        input.container() == ContainerFormat.MP4
            ? "it is an initialization segment alone: it describes %s video and holds none"
                .formatted(input.codecName())
            : "it announces %s video and holds none".formatted(input.codecName()));
  }

  private void determineTimes() throws UnreadableMediaException {
    if (statedFps.isPresent()) {
      times.forget();
    }
    boolean stated = times.statesReordering();
    boolean possible = input.stream().codecpar().video_delay() > 0;
    times.repair(stated || possible);
    // Some muxers know decoding times only, and state them as presentation times.
    boolean suspicious = possible && !stated && size() > 2 && PresentationOrder.mayDiffer(this);
    if (!times.isComplete() || suspicious) {
      PresentationOrder.complete(this, times, limits, statedFps);
    }
    usualInterval = times.usualInterval();
    times.startAt(zeroTicks());
    long[] presentation = IntStream.range(0, size()).mapToLong(times::presentation).toArray();
    if (times.isComplete()) {
      decodeTimes = PacketTimes.decodeTimes(presentation);
    }
  }

  /// A picture of which only the end is left takes its time as well. Where more may be missing, the
  /// segment begins as long before its end as its envelope says.
  private long zeroTicks() {
    OptionalLong first = times.first();
    long zero = input.zeroTicks(first);
    boolean videoIsFirst = first.isPresent() && first.getAsLong() == zero;
    if (!videoIsFirst) {
      return zero;
    }
    long begin = input.beginsTorn() ? zero - usualInterval : zero;
    if (limits.statedDuration().isEmpty() || !input.beginsUnreadable()) {
      return begin;
    }
    long stated = limits.statedDuration().get().toNanos() / 1000;
    long end = times.last().orElse(zero) + usualInterval;
    long statedBegin = end - Ffmpeg.ticks(stated, input.timeBase());
    // Envelopes state durations to a frame or so.
    return begin - statedBegin > usualInterval / 2 ? statedBegin : begin;
  }

  VideoInput input() {
    return input;
  }

  int size() {
    return times.size();
  }

  /// Whether all packets are in memory.
  boolean inMemory() {
    return keeps;
  }

  /// A packet in memory, with its times.
  ///
  /// @return owned by this object
  AVPacket get(int packet) {
    AVPacket found = kept.get(packet);
    setTimes(found, packet);
    return found;
  }

  /// The next packet with its times relative to time zero, in the stream's time base.
  ///
  /// @return owned by this object and valid until the next call; `null` at the end
  @Nullable AVPacket next() {
    if (next >= size()) {
      return null;
    }
    AVPacket packet;
    if (keeps) {
      packet = kept.get(next);
    } else {
      avcodec.av_packet_unref(current);
      if (input.read(current) < 0) {
        throw new IllegalStateException("the input has fewer packets when it is read again");
      }
      packet = current;
    }
    setTimes(packet, next++);
    return packet;
  }

  private void setTimes(AVPacket packet, int index) {
    packet.pts(times.presentation(index));
    packet.dts(decodeTimes.length == 0 ? PacketTimes.NONE : decodeTimes[index]);
  }

  /// Starts again with the first packet. If the packets are not in memory and some have been read,
  /// [#input] is another one from then on, and what belongs to the former one is freed.
  void rewind() throws UnreadableMediaException {
    if (!keeps && next > 0) {
      reopen();
    }
    next = 0;
  }

  private void reopen() throws UnreadableMediaException {
    VideoInput again = input.reopen();
    input.close();
    input = again;
    input.disableTimestampGeneration();
  }

  /// Presentation time of a packet's frame, in ticks from time zero; [PacketTimes#NONE] when no
  /// packet and nothing else tells it.
  long presentation(int packet) {
    return times.presentation(packet);
  }

  boolean isKey(int packet) {
    return times.isKey(packet);
  }

  boolean hasKeys() {
    return times.hasKeys();
  }

  /// Whether a packet's frame is shown: it is neither excluded by an edit list nor before time
  /// zero.
  boolean isShown(int packet) {
    return !times.isDiscarded(packet)
        && (times.presentation(packet) >= 0 || times.presentation(packet) == PacketTimes.NONE);
  }

  /// Whether every packet has a presentation time.
  boolean isTimed() {
    return times.isComplete();
  }

  /// @throws UnreadableMediaException BAD_TIME when nothing tells the time of some packet
  void requireTimed() throws UnreadableMediaException {
    if (!isTimed()) {
      throw new UnreadableMediaException(
          Reason.BAD_TIME,
          "its packets state no times, and the %s video states no frame rate"
              .formatted(input.codecName()));
    }
  }

  /// Frame interval in microseconds, the median; 0 when there are fewer than two frames.
  long usualIntervalMicros() {
    return Ffmpeg.micros(usualInterval, input.timeBase());
  }

  long usualIntervalTicks() {
    return usualInterval;
  }

  /// End of the last frame, in microseconds from time zero; 0 when it is not known.
  long endMicros() {
    long last =
        IntStream.range(0, size())
            .filter(this::isShown)
            .mapToLong(times::presentation)
            .max()
            .orElse(PacketTimes.NONE);
    return last == PacketTimes.NONE ? 0 : input.micros(last + usualInterval);
  }

  /// The duration of a frame, if the container states any; else 0.
  long statedDurationMicros(long ticks) {
    return switch (input.container().clock()) {
      case STATED -> Ffmpeg.micros(ticks, input.timeBase());
      case SPARSE, NONE, STILL -> 0;
    };
  }

  /// How reading ended: `AVERROR_EOF`, or FFmpeg's error code.
  int result() {
    return result;
  }

  /// @throws UnreadableMediaException CORRUPT when reading stopped before the end
  void requireReadToTheEnd() throws UnreadableMediaException {
    if (result != avutil.AVERROR_EOF) {
      throw new UnreadableMediaException(
          Reason.CORRUPT,
          "reading stopped after packet %d: %s".formatted(size(), Ffmpeg.describe(result)));
    }
  }

  private void release() {
    kept.forEach(avcodec::av_packet_free);
    kept.clear();
  }

  @Override
  public void close() {
    release();
    avcodec.av_packet_free(current);
    input.close();
  }
}
