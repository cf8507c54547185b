package io.chronoscope.decode;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The parameter sets of H.264 and HEVC that packets bring along, and that packets after them may
/// refer to. Other codecs have none.
final class ParameterSets {

  private enum Codec {
    H264,
    HEVC,
    OTHER
  }

  private static final int MAX_KNOWN = 512;

  private final Codec codec;
  private final NalUnits units;
  private final Set<ByteBuffer> known = new HashSet<>();
  private boolean tooMany;

  private ParameterSets(Codec codec, NalUnits units) {
    this.codec = codec;
    this.units = units;
  }

  /// @param extradata the codec's parameters from the container
  static ParameterSets of(VideoCodec codec, ByteBuffer extradata) {
    return switch (codec) {
      case H264 -> new ParameterSets(Codec.H264, NalUnits.ofH264(extradata));
      case HEVC -> new ParameterSets(Codec.HEVC, NalUnits.ofHevc(extradata));
      default -> new ParameterSets(Codec.OTHER, new NalUnits(0));
    };
  }

  /// Remembers the parameter sets of a packet.
  void add(ByteBuffer packet) {
    if (tooMany || codec == Codec.OTHER) {
      return;
    }
    known.addAll(in(packet));
    tooMany = known.size() > MAX_KNOWN;
  }

  /// Whether a packet repeats all parameter sets that any packet before it had.
  boolean areIn(ByteBuffer packet) {
    return !tooMany && (known.isEmpty() || in(packet).containsAll(known));
  }

  private Set<ByteBuffer> in(ByteBuffer packet) {
    Set<ByteBuffer> found = new HashSet<>();
    Optional<List<Integer>> positions = units.in(packet);
    if (positions.isEmpty()) {
      return found;
    }
    List<Integer> starts = positions.get();
    for (int i = 0; i < starts.size(); i++) {
      if (isParameterSet(packet.get(starts.get(i)) & 0xff)) {
        int end = i + 1 < starts.size() ? units.endBefore(starts.get(i + 1)) : packet.limit();
        byte[] copy = new byte[trimmed(packet, starts.get(i), end) - starts.get(i)];
        packet.get(starts.get(i), copy);
        found.add(ByteBuffer.wrap(copy));
      }
    }
    return found;
  }

  /// Zeros before a start code belong to it.
  private static int trimmed(ByteBuffer packet, int start, int end) {
    int last = end;
    while (last > start + 1 && packet.get(last - 1) == 0) {
      last--;
    }
    return last;
  }

  private boolean isParameterSet(int header) {
    return switch (codec) {
      case H264 -> (header & 0x1f) == 7 || (header & 0x1f) == 8;
      case HEVC -> (header >> 1 & 0x3f) >= 32 && (header >> 1 & 0x3f) <= 34;
      case OTHER -> false;
    };
  }
}
