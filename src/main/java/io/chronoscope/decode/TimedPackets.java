package io.chronoscope.decode;

import io.chronoscope.decode.MediaDecoder.Display;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/// All packets of a segment's video, and what they say about its frames before any is decoded. Owns
/// the packets.
final class TimedPackets implements AutoCloseable {

  /// Packets in memory at once; a larger segment is decoded packet by packet.
  private static final long MAX_BYTES = 256L << 20;

  private static final int UNUSUAL = avcodec.AV_PKT_FLAG_CORRUPT | avcodec.AV_PKT_FLAG_DISCARD;

  private final VideoInput input;
  private final List<AVPacket> packets = new ArrayList<>();

  /// Frame in presentation order by its presentation time in ticks.
  private final Map<Long, Integer> frames = new HashMap<>();

  private boolean usual = true;

  private TimedPackets(VideoInput input) {
    this.input = input;
  }

  /// Reads until the end, or until the packets turn out not to be one timed frame each.
  static TimedPackets read(VideoInput input) {
    TimedPackets packets = new TimedPackets(input);
    packets.readAll();
    return packets;
  }

  private void readAll() {
    int codec = input.codecId();
    long indexed = input.indexedPackets();
    long bytes = 0;
    Set<Long> times = new HashSet<>();
    int result = 0;
    while (usual && result >= 0) {
      AVPacket packet = avcodec.av_packet_alloc();
      packets.add(packet);
      result = input.read(packet);
      if (result >= 0) {
        bytes += packet.size();
        usual =
            input.codecId() == codec
                && bytes <= MAX_BYTES
                && packet.pts() != avutil.AV_NOPTS_VALUE
                && times.add(packet.pts())
                && (packet.flags() & UNUSUAL) == 0
                && !changesParameters(packet);
      }
    }
    avcodec.av_packet_free(packets.removeLast());
    usual &= result == avutil.AVERROR_EOF && packets.size() >= indexed && !packets.isEmpty();
    List<Long> sorted = times.stream().sorted().toList();
    IntStream.range(0, sorted.size()).forEach(i -> frames.put(sorted.get(i), i));
  }

  private static boolean changesParameters(AVPacket packet) {
    return IntStream.range(0, packet.side_data_elems())
        .map(i -> packet.side_data().getPointer(i).type())
        .anyMatch(type ->
            type == avcodec.AV_PKT_DATA_NEW_EXTRADATA || type == avcodec.AV_PKT_DATA_PARAM_CHANGE);
  }

  /// Whether any packet is damaged, as far as this shows without decoding.
  boolean areDamaged(DamageDetector damage) {
    for (AVPacket packet : packets) {
      damage.begin(packet);
      if (damage.end(false)) {
        return true;
      }
    }
    return false;
  }

  AVPacket get(int packet) {
    return packets.get(packet);
  }

  /// The frame with this time in presentation order; -1 if no packet has it.
  int frameAt(long ticks) {
    return frames.getOrDefault(ticks, -1);
  }

  /// When each frame is displayed, by the rules of [FrameTiming].
  ///
  /// @param codecFrameMicros frame duration as the codec states it; 0 when it states none
  /// @return in presentation order; empty when the rules need the frames themselves
  Optional<List<Display>> displays(DecodeLimits limits, long codecFrameMicros) {
    long maxMicros = limits.maxDuration().toNanos() / 1000;
    if (!usual || packets.size() > limits.maxFrames()) {
      return Optional.empty();
    }
    List<Long> starts =
        packets.stream().map(packet -> input.micros(packet.pts())).sorted().toList();
    List<Display> displays = new ArrayList<>();
    for (int i = 0; i + 1 < starts.size(); i++) {
      displays.add(new Display(starts.get(i), starts.get(i + 1)));
    }
    long last = starts.getLast();
    long end = last + lastFrameMicros(codecFrameMicros, last - starts.getFirst());
    displays.add(new Display(last, end));
    boolean plain =
        starts.getFirst() >= -maxMicros
            && starts.getFirst() <= FrameTiming.GAP_MICROS
            && end > 0
            && end <= maxMicros
            && displays.stream().allMatch(display -> display.fromMicros() < display.untilMicros())
            && (input.container() != ContainerFormat.MPEG_TS
                || displays.stream()
                    .allMatch(display ->
                        display.untilMicros() - display.fromMicros() <= FrameTiming.GAP_MICROS));
    return plain ? Optional.of(List.copyOf(displays)) : Optional.empty();
  }

  private long lastFrameMicros(long codecFrameMicros, long sinceFirstMicros) {
    AVPacket last = packets.stream().max(Comparator.comparingLong(AVPacket::pts)).orElseThrow();
    long average = packets.size() > 1 ? sinceFirstMicros / (packets.size() - 1) : 0;
    return FrameTiming.lastFrameMicros(
        Ffmpeg.micros(last.duration(), input.timeBase()), codecFrameMicros, average);
  }

  /// Plans to decode some frames, and the first one, which tells the picture's size.
  ///
  /// @param wanted frames in presentation order
  /// @return empty when it is not known what the packets depend on
  Optional<DecodePlan> planFor(BitSet wanted) throws UnreadableMediaException {
    Optional<List<PacketKind>> kinds =
        PacketKinds.of(VideoCodec.of(input.stream().codecpar()), input.extradata())
            .of(packets.stream().map(TimedPackets::bytes).toList());
    List<Long> times = packets.stream().map(AVPacket::pts).toList();
    BitSet wantedPackets = new BitSet();
    for (int i = 0; i < times.size(); i++) {
      int frame = frameAt(times.get(i));
      wantedPackets.set(i, frame == 0 || wanted.get(frame));
    }
    return kinds.map(known -> DecodePlan.of(known, times, wantedPackets));
  }

  /// The frames of some packets, in presentation order.
  BitSet framesOf(BitSet some) {
    BitSet found = new BitSet();
    some.stream().forEach(packet -> found.set(frameAt(packets.get(packet).pts())));
    return found;
  }

  static ByteBuffer bytes(AVPacket packet) {
    return packet.size() == 0
        ? ByteBuffer.allocate(0)
        : packet.data().capacity(packet.size()).asByteBuffer();
  }

  @Override
  public void close() {
    packets.forEach(avcodec::av_packet_free);
    packets.clear();
  }
}
