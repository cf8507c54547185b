package io.chronoscope.decode.bitstream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The parameter sets of H.264 and HEVC that packets bring along, and that packets after them may
/// refer to, and the name of the encoder if decoding depends on it. Other codecs have none.
public final class ParameterSets {

  private enum Codec {
    H264,
    HEVC,
    OTHER
  }

  private static final int MAX_KNOWN = 512;
  private static final byte[] X264 = "x264 - core".getBytes(StandardCharsets.US_ASCII);

  private final Codec codec;
  private final NalUnits units;
  private final Set<ByteBuffer> known = new LinkedHashSet<>();
  private boolean tooMany;

  private ParameterSets(Codec codec, NalUnits units) {
    this.codec = codec;
    this.units = units;
  }

  /// @param extradata the codec's parameters from the container
  public static ParameterSets of(VideoCodec codec, ByteBuffer extradata) {
    return switch (codec) {
      case H264 -> new ParameterSets(Codec.H264, NalUnits.ofH264(extradata));
      case HEVC -> new ParameterSets(Codec.HEVC, NalUnits.ofHevc(extradata));
      default -> new ParameterSets(Codec.OTHER, new NalUnits(0));
    };
  }

  /// Remembers the parameter sets of a packet.
  public void add(ByteBuffer packet) {
    if (tooMany || codec == Codec.OTHER) {
      return;
    }
    for (ByteBuffer unit : in(packet)) {
      // The last of several with the same number counts.
      known.remove(unit);
      known.add(unit);
    }
    tooMany = known.size() > MAX_KNOWN;
  }

  /// Whether all that packets brought along is known.
  public boolean areKnown() {
    return !tooMany;
  }

  /// The parameter sets that packets before this one brought along and it does not repeat, in the
  /// format of the packet, to be put in front of it.
  public byte[] missingFrom(ByteBuffer packet) {
    ByteArrayOutputStream missing = new ByteArrayOutputStream();
    Set<ByteBuffer> own = known.isEmpty() ? Set.of() : in(packet);
    for (ByteBuffer unit : known) {
      if (!own.contains(unit)) {
        missing.writeBytes(units.prefix(unit.limit()));
        missing.writeBytes(unit.array());
      }
    }
    return missing.toByteArray();
  }

  private Set<ByteBuffer> in(ByteBuffer packet) {
    Set<ByteBuffer> found = new LinkedHashSet<>();
    Optional<List<Integer>> positions = units.in(packet);
    if (positions.isEmpty()) {
      return found;
    }
    List<Integer> starts = positions.get();
    for (int i = 0; i < starts.size(); i++) {
      int end = i + 1 < starts.size() ? units.endBefore(starts.get(i + 1)) : packet.limit();
      if (isParameterSet(packet.get(starts.get(i)) & 0xff)
          || namesEncoder(packet, starts.get(i), end)) {
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

  /// FFmpeg's decoder works around mistakes of old versions of x264, by the name that the encoder
  /// leaves in the first packet as user data (ITU-T H.264 §D.1.7, after a type, a size and 16
  /// bytes).
  private boolean namesEncoder(ByteBuffer packet, int start, int end) {
    if (codec != Codec.H264
        || start + 1 >= end
        || (packet.get(start) & 0x1f) != 6
        || packet.get(start + 1) != 5) {
      return false;
    }
    for (int at = start + 2; at + X264.length < Math.min(end, start + 64); at++) {
      int matching = 0;
      while (matching < X264.length && packet.get(at + matching) == X264[matching]) {
        matching++;
      }
      if (matching == X264.length) {
        return true;
      }
    }
    return false;
  }

  private boolean isParameterSet(int header) {
    return switch (codec) {
      case H264 -> (header & 0x1f) == 7 || (header & 0x1f) == 8;
      case HEVC -> (header >> 1 & 0x3f) >= 32 && (header >> 1 & 0x3f) <= 34;
      case OTHER -> false;
    };
  }
}
