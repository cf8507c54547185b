package io.chronoscope.decode;

import io.chronoscope.decode.bitstream.PacketKind;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which packets have to be decoded to see some of the frames: for each wanted frame all from the
/// random access point that it depends on, without the disposable ones.
///
/// @param packets to decode, in decoding order
/// @param starts packets among them from which decoding starts anew: nothing later depends on
///   anything before
record DecodePlan(BitSet packets, BitSet starts) {

  /// @param kinds of the packets in decoding order, one packet for each frame
  /// @param times presentation times of their frames, all different
  /// @param wanted the packets whose frames are wanted
  static DecodePlan of(List<PacketKind> kinds, List<Long> times, BitSet wanted) {
    Map<Integer, Integer> lastWantedByStart = new TreeMap<>();
    wanted.stream().forEach(packet -> lastWantedByStart.put(start(packet, kinds, times), packet));
    BitSet needed = (BitSet) wanted.clone();
    BitSet starts = new BitSet();
    int reached = -1;
    for (var run : lastWantedByStart.entrySet()) {
      int start = run.getKey();
      int last = run.getValue();
      starts.set(start, start > reached);
      reached = Math.max(reached, last);
      for (int packet = start; packet < last; packet++) {
        // What is displayed before a random access point is no reference for what follows it.
        boolean leading = start > 0 && times.get(packet) < times.get(start);
        if (kinds.get(packet) != PacketKind.DISPOSABLE && !leading) {
          needed.set(packet);
        }
      }
    }
    return new DecodePlan(needed, starts);
  }

  /// The last random access point from which a frame can be decoded, or the first packet.
  private static int start(int packet, List<PacketKind> kinds, List<Long> times) {
    int start = packet;
    while (start > 0
        && !(kinds.get(start) == PacketKind.RANDOM_ACCESS
            && times.get(start) <= times.get(packet))) {
      start--;
    }
    return start;
  }
}
