package io.chronoscope.decode.bitstream;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads from packets what the decoding of others needs of them, without decoding. The container's
/// own marks are not used: a file may mark key frames wrongly.
///
/// Every kind is a claim that must hold, so in doubt a packet is a [PacketKind#REFERENCE], and
/// where packets are not what this class expects (several layers, parameter sets in between), it
/// claims nothing.
public sealed interface PacketKinds {

  /// @param extradata the codec's parameters from the container
  static PacketKinds of(VideoCodec codec, ByteBuffer extradata) {
    return switch (codec) {
      case H264 -> new H264(NalUnits.ofH264(extradata));
      case HEVC -> new Hevc(NalUnits.ofHevc(extradata));
      case VP8 -> new KeyFramesOnly(PacketKinds::vp8Kind);
      case VP9 -> new KeyFramesOnly(PacketKinds::vp9Kind);
      case AV1 ->
          new KeyFramesOnly(packet -> Optional.of(keyOrReference(Av1Headers.isKey(packet))));
      case MPEG4_PART2 -> new Mpeg4Part2();
      case MPEG1, MPEG2 -> new Mpeg2();
      case MOTION_JPEG ->
          new KeyFramesOnly(packet -> Optional.of(keyOrReference(hasOwnTables(packet))));
      case PNG, WEBP, BMP, RAW, DV ->
          new KeyFramesOnly(packet -> Optional.of(PacketKind.RANDOM_ACCESS));
      case MSMPEG4_V2, MSMPEG4_V3, WMV1, WMV2, WMV3, VC1, H263, SORENSON_H263, VP6, CINEPAK ->
          new KeyFramesOnly(packet -> Optional.empty());
    };
  }

  /// @param packets of one stream in decoding order, each read from position 0 to its limit
  /// @return empty when the packets' dependencies are not known
  Optional<List<PacketKind>> of(List<ByteBuffer> packets);

  /// A codec whose packets depend on all before them up to the last key frame.
  record KeyFramesOnly(Function<ByteBuffer, Optional<PacketKind>> kind) implements PacketKinds {

    @Override
    public Optional<List<PacketKind>> of(List<ByteBuffer> packets) {
      return all(packets, kind);
    }
  }

  /// @return empty when one of the packets is of unknown kind
  private static Optional<List<PacketKind>> all(
      List<ByteBuffer> packets, Function<ByteBuffer, Optional<PacketKind>> kind) {
    List<PacketKind> kinds = new ArrayList<>();
    for (ByteBuffer packet : packets) {
      Optional<PacketKind> one = kind.apply(packet);
      if (one.isEmpty()) {
        return Optional.empty();
      }
      kinds.add(one.get());
    }
    return Optional.of(kinds);
  }

  private static PacketKind keyOrReference(boolean key) {
    return key ? PacketKind.RANDOM_ACCESS : PacketKind.REFERENCE;
  }

  /// RFC 6386 §9.1. A frame that is not shown has no time of its own.
  private static Optional<PacketKind> vp8Kind(ByteBuffer packet) {
    if (packet.limit() == 0 || (packet.get(0) & 0x10) == 0) {
      return Optional.empty();
    }
    return Optional.of(keyOrReference((packet.get(0) & 1) == 0));
  }

  /// VP9 bitstream specification §6.2: the header of the packet's first frame. Only the last frame
  /// of several in a packet (Annex B) is shown.
  private static Optional<PacketKind> vp9Kind(ByteBuffer packet) {
    if (packet.limit() < 2 || (packet.get(0) & 0xc0) != 0x80) {
      return Optional.empty();
    }
    int bits = (packet.get(0) & 0xff) << 8 | (packet.get(1) & 0xff);
    boolean reserved = (bits & 0x3000) == 0x3000; // profile 3 has one bit more
    int header = bits << (reserved ? 5 : 4) & 0xffff;
    boolean showsExisting = (header & 0x8000) != 0;
    boolean key = !showsExisting && (header & 0x4000) == 0;
    boolean several = (packet.get(packet.limit() - 1) & 0xe0) == 0xc0;
    boolean shown = showsExisting || several || (header & 0x2000) != 0;
    return shown ? Optional.of(keyOrReference(key)) : Optional.empty();
  }

  /// Whether a JPEG picture states all the tables that it is decoded with (ITU-T T.81 §B.2.4).
  private static boolean hasOwnTables(ByteBuffer packet) {
    boolean quantization = false;
    boolean huffman = false;
    int at = 2; // after the start of the image
    while (at + 4 <= packet.limit() && (packet.get(at) & 0xff) == 0xff) {
      int marker = packet.get(at + 1) & 0xff;
      quantization |= marker == 0xdb;
      huffman |= marker == 0xc4;
      if (marker == 0xda) {
        return quantization && huffman;
      }
      at += 2 + ((packet.get(at + 2) & 0xff) << 8 | (packet.get(at + 3) & 0xff));
    }
    return false;
  }

  /// ITU-T H.264 §7.4.1: a NAL unit with `nal_ref_idc` 0 is never referred to.
  record H264(NalUnits units) implements PacketKinds {

    private static final int LAST_SLICE = 5;
    private static final int IDR_SLICE = 5;
    private static final int SEQUENCE_PARAMETERS = 7;
    private static final int PICTURE_PARAMETERS = 8;
    private static final int LAST_OF_ONE_LAYER = 12;

    @Override
    public Optional<List<PacketKind>> of(List<ByteBuffer> packets) {
      return all(packets, packet -> units.in(packet).flatMap(at -> kind(packet, at)));
    }

    private static Optional<PacketKind> kind(ByteBuffer packet, List<Integer> starts) {
      boolean parameters = false;
      boolean idr = true;
      boolean referred = false;
      int slices = 0;
      for (int start : starts) {
        int header = packet.get(start) & 0xff;
        int type = header & 0x1f;
        if (type > LAST_OF_ONE_LAYER) {
          return Optional.empty();
        }
        parameters |= type == SEQUENCE_PARAMETERS || type == PICTURE_PARAMETERS;
        if (type >= 1 && type <= LAST_SLICE) {
          slices++;
          idr &= type == IDR_SLICE;
          referred |= header >> 5 != 0;
        }
      }
      if (slices == 0 || (parameters && !idr)) {
        return Optional.empty();
      }
      return Optional.of(
          idr ? PacketKind.RANDOM_ACCESS : referred ? PacketKind.REFERENCE : PacketKind.DISPOSABLE);
    }
  }

  /// ITU-T H.265 §7.4.2.2. A sub-layer non-reference picture may be referred to from higher
  /// sub-layers, so only those of the highest one are disposable.
  record Hevc(NalUnits units) implements PacketKinds {

    private static final int FIRST_RANDOM_ACCESS = 16;
    private static final int LAST_RANDOM_ACCESS = 21;
    private static final int LAST_SLICE = 31;
    private static final int LAST_PARAMETERS = 34;

    @Override
    public Optional<List<PacketKind>> of(List<ByteBuffer> packets) {
      List<Slice> slices = new ArrayList<>();
      for (ByteBuffer packet : packets) {
        Optional<Slice> slice = units.in(packet).flatMap(at -> slice(packet, at));
        if (slice.isEmpty()) {
          return Optional.empty();
        }
        slices.add(slice.get());
      }
      int highest = slices.stream().mapToInt(Slice::subLayer).max().orElse(0);
      return Optional.of(slices.stream().map(slice -> slice.kind(highest)).toList());
    }

    private record Slice(int type, int subLayer) {

      boolean isRandomAccess() {
        return type >= FIRST_RANDOM_ACCESS && type <= LAST_RANDOM_ACCESS;
      }

      PacketKind kind(int highestSubLayer) {
        if (isRandomAccess()) {
          return PacketKind.RANDOM_ACCESS;
        }
        boolean referred = type % 2 == 1 || type >= FIRST_RANDOM_ACCESS;
        return referred || subLayer < highestSubLayer
            ? PacketKind.REFERENCE
            : PacketKind.DISPOSABLE;
      }
    }

    private static Optional<Slice> slice(ByteBuffer packet, List<Integer> starts) {
      boolean parameters = false;
      Slice slice = null;
      for (int start : starts) {
        if (start + 1 >= packet.limit()) {
          return Optional.empty();
        }
        int type = packet.get(start) >> 1 & 0x3f;
        int layer = (packet.get(start) & 1) << 5 | (packet.get(start + 1) & 0xff) >> 3;
        Slice found = new Slice(type, (packet.get(start + 1) & 7) - 1);
        parameters |= type > LAST_SLICE && type <= LAST_PARAMETERS;
        if (layer > 0 || (type <= LAST_SLICE && slice != null && !slice.equals(found))) {
          return Optional.empty();
        }
        slice = type <= LAST_SLICE ? found : slice;
      }
      return slice == null || (parameters && !slice.isRandomAccess())
          ? Optional.empty()
          : Optional.of(slice);
    }
  }

  /// ISO/IEC 14496-2 §6.3.5: a B picture is never referred to.
  record Mpeg4Part2() implements PacketKinds {

    private static final int PICTURE = 0xb6;

    /// A packet of this size may say only that there is no picture, as encoders do that put a B
    /// picture into the packet before.
    private static final int MAX_NOT_CODED_BYTES = 20;

    @Override
    public Optional<List<PacketKind>> of(List<ByteBuffer> packets) {
      return all(packets, Mpeg4Part2::kind);
    }

    private static Optional<PacketKind> kind(ByteBuffer packet) {
      List<Integer> pictures =
          NalUnits.afterStartCodes(packet).stream()
              .filter(at -> (packet.get(at) & 0xff) == PICTURE && at + 1 < packet.limit())
              .toList();
      if (pictures.size() != 1) {
        return Optional.empty();
      }
      PacketKind kind =
          switch ((packet.get(pictures.getFirst() + 1) & 0xff) >> 6) {
            case 0 -> PacketKind.RANDOM_ACCESS;
            case 2 -> PacketKind.DISPOSABLE;
            default -> PacketKind.REFERENCE;
          };
      return kind != PacketKind.DISPOSABLE && packet.limit() <= MAX_NOT_CODED_BYTES
          ? Optional.empty()
          : Optional.of(kind);
    }
  }

  /// ISO/IEC 13818-2 §6.3.9. A picture may state a quantization matrix for the pictures after it,
  /// up to the next sequence header.
  record Mpeg2() implements PacketKinds {

    private static final int PICTURE = 0x00;
    private static final int SEQUENCE_HEADER = 0xb3;
    private static final int EXTENSION = 0xb5;
    private static final int MATRIX_EXTENSION = 3;
    private static final int INTRA = 1;
    private static final int BIDIRECTIONAL = 3;

    @Override
    public Optional<List<PacketKind>> of(List<ByteBuffer> packets) {
      return Optional.of(packets.stream().map(Mpeg2::kind).toList());
    }

    private static PacketKind kind(ByteBuffer packet) {
      boolean sequence = false;
      boolean matrix = false;
      List<Integer> types = new ArrayList<>();
      for (int at : NalUnits.afterStartCodes(packet)) {
        int code = packet.get(at) & 0xff;
        sequence |= code == SEQUENCE_HEADER;
        matrix |=
            code == EXTENSION
                && at + 1 < packet.limit()
                && (packet.get(at + 1) & 0xff) >> 4 == MATRIX_EXTENSION;
        if (code == PICTURE && at + 2 < packet.limit()) {
          types.add(packet.get(at + 2) >> 3 & 7);
        }
      }
      if (sequence && !types.isEmpty() && types.getFirst() == INTRA) {
        return PacketKind.RANDOM_ACCESS;
      }
      boolean disposable =
          !types.isEmpty() && !matrix && types.stream().allMatch(type -> type == BIDIRECTIONAL);
      return disposable ? PacketKind.DISPOSABLE : PacketKind.REFERENCE;
    }
  }
}
