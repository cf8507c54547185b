package io.chronoscope.decode;

import io.chronoscope.decode.MediaDecoder.Display;
import io.chronoscope.decode.bitstream.BrokenBytes;
import io.chronoscope.decode.bitstream.PacketKind;
import io.chronoscope.decode.bitstream.PacketKinds;
import io.chronoscope.domain.UnreadableMediaException;
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

/// What a segment's packets say about its frames before any is decoded.
final class TimedPackets {

  private static final int UNUSUAL = avcodec.AV_PKT_FLAG_CORRUPT | avcodec.AV_PKT_FLAG_DISCARD;

  private final VideoPackets source;
  private final VideoInput input;
  private final List<AVPacket> packets = new ArrayList<>();

  /// Frame in presentation order by its presentation time in ticks.
  private final Map<Long, Integer> frames = new HashMap<>();

  /// Whether the packets are one timed and shown frame each.
  private boolean usual;

  /// @param source owns the packets
  TimedPackets(VideoPackets source) {
    this.source = source;
    this.input = source.input();
    this.usual =
        source.inMemory()
            && source.isTimed()
            && source.result() == avutil.AVERROR_EOF
            && source.size() >= input.indexedPackets()
            && source.size() > 0;
    Set<Long> times = new HashSet<>();
    for (int i = 0; usual && i < source.size(); i++) {
      AVPacket packet = source.get(i);
      packets.add(packet);
      usual =
          times.add(packet.pts())
              && source.isShown(i)
              && (packet.flags() & UNUSUAL) == 0
              && !changesParameters(packet);
    }
    List<Long> sorted = times.stream().sorted().toList();
    IntStream.range(0, sorted.size()).forEach(i -> frames.put(sorted.get(i), i));
  }

  private static boolean changesParameters(AVPacket packet) {
    return IntStream.range(0, packet.side_data_elems())
        .map(i -> packet.side_data().getPointer(i).type())
        .anyMatch(type ->
            type == avcodec.AV_PKT_DATA_NEW_EXTRADATA || type == avcodec.AV_PKT_DATA_PARAM_CHANGE);
  }

  /// Whether the bytes of any packet show that it is damaged. That the container says so is unusual
  /// ([#displays]).
  boolean areBroken(BrokenBytes broken) {
    return packets.stream().map(Ffmpeg::bytes).anyMatch(broken::in);
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
    StallRule stalls = new StallRule(source.usualIntervalMicros());
    List<Display> displays = new ArrayList<>();
    for (int i = 0; i + 1 < starts.size(); i++) {
      displays.add(new Display(starts.get(i), starts.get(i + 1)));
    }
    long last = starts.getLast();
    long end = last + lastFrameMicros(codecFrameMicros);
    displays.add(new Display(last, end));
    boolean plain =
        starts.getFirst() >= -maxMicros
            && starts.getFirst() <= StallRule.MIN_MICROS
            && end > 0
            && end <= maxMicros
            && displays.stream().allMatch(display -> display.fromMicros() < display.untilMicros())
            && displays.stream().noneMatch(display -> stalls.isStall(display));
    return plain ? Optional.of(List.copyOf(displays)) : Optional.empty();
  }

  private long lastFrameMicros(long codecFrameMicros) {
    AVPacket last = packets.stream().max(Comparator.comparingLong(AVPacket::pts)).orElseThrow();
    return FrameTiming.lastFrameMicros(
        source.statedDurationMicros(last.duration()),
        codecFrameMicros,
        source.usualIntervalMicros(),
        source.size());
  }

  /// Plans to decode some frames, and the first one, which tells the picture's size.
  ///
  /// @param wanted frames in presentation order
  /// @return empty when it is not known what the packets depend on
  Optional<DecodePlan> planFor(BitSet wanted) throws UnreadableMediaException {
    Optional<List<PacketKind>> kinds =
        PacketKinds.of(SupportedCodecs.of(input.stream().codecpar()), input.extradata())
            .of(packets.stream().map(Ffmpeg::bytes).toList());
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
}
