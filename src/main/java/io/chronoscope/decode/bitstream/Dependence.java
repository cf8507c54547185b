package io.chronoscope.decode.bitstream;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// What a packet's frame depends on, read from the packet alone. Unlike [PacketKinds], which
/// decides what may be skipped and claims nothing in doubt, this decides from where on frames can
/// be trusted again after damage; in doubt a packet depends on the ones before it.
public sealed interface Dependence {

  /// Nothing before it, and nor do frames that are displayed after it.
  record Nothing() implements Dependence {}

  /// On what came before; so may later frames on it.
  record Before() implements Dependence {}

  /// On what came before; no other frame depends on it.
  record BeforeOnly() implements Dependence {}

  /// The pictures refresh themselves by parts, and are whole after some more of them (recovery
  /// point).
  record RefreshedAfter(int frames) implements Dependence {}

  /// No encoder needs as many to refresh a picture.
  int MAX_RECOVERY_FRAMES = (1 << 17) - 2;

  Dependence NOTHING = new Nothing();
  Dependence BEFORE = new Before();
  Dependence BEFORE_ONLY = new BeforeOnly();

  /// Reads the packets of one stream.
  @FunctionalInterface
  interface Reader {
    Dependence of(ByteBuffer packet);
  }

  /// @param extradata the codec's parameters from the container
  static Reader reader(VideoCodec codec, ByteBuffer extradata) {
    return switch (codec) {
      case H264 -> {
        NalUnits units = NalUnits.ofH264(extradata);
        yield packet -> h264(packet, units.in(packet).orElse(List.of()));
      }
      case HEVC -> new Hevc(NalUnits.ofHevc(extradata));
      case MPEG1, MPEG2 -> Dependence::mpeg2;
      case VP8, VP9, AV1, MPEG4_PART2 -> {
        PacketKinds kinds = PacketKinds.of(codec, extradata);
        yield packet -> ofKind(kinds.of(List.of(packet)));
      }
      case MOTION_JPEG, PNG, WEBP, BMP, RAW, DV -> packet -> NOTHING;
      case MSMPEG4_V2, MSMPEG4_V3, WMV1, WMV2, WMV3, VC1, H263, SORENSON_H263, VP6, CINEPAK ->
          packet -> BEFORE;
    };
  }

  private static Dependence ofKind(Optional<List<PacketKind>> kind) {
    return kind.map(one ->
            switch (one.getFirst()) {
              case RANDOM_ACCESS -> NOTHING;
              case REFERENCE -> BEFORE;
              case DISPOSABLE -> BEFORE_ONLY;
            })
        .orElse(BEFORE);
  }

  private static Dependence h264(ByteBuffer packet, List<Integer> units) {
    boolean referred = false;
    boolean slices = false;
    Optional<Integer> recovery = Optional.empty();
    for (int at : units) {
      int header = packet.get(at) & 0xff;
      int type = header & 0x1f;
      if (type == 5) {
        return NOTHING; // IDR
      }
      if (type == 6) {
        recovery = recovery.or(() -> recoveryFrames(packet, at + 1));
      }
      if (type >= 1 && type <= 4) {
        slices = true;
        referred |= header >> 5 != 0;
      }
    }
    return recovery
        .<Dependence>map(frames -> frames == 0 ? NOTHING : new RefreshedAfter(frames))
        .orElse(slices && !referred ? BEFORE_ONLY : BEFORE);
  }

  /// The number of frames after which pictures are whole, if this supplemental information says so
  /// (ITU-T H.264 §D.1.8, payload type 6 in the first message).
  private static Optional<Integer> recoveryFrames(ByteBuffer packet, int at) {
    int payload = at;
    while (payload + 2 < packet.limit()) {
      int type = packet.get(payload) & 0xff;
      int size = packet.get(payload + 1) & 0xff;
      if (type == 0xff || size == 0xff || type == 0x80) {
        return Optional.empty();
      }
      if (type == 6) {
        long frames = new BitReader(packet, 8L * (payload + 2)).exponentialGolomb();
        return frames > MAX_RECOVERY_FRAMES ? Optional.empty() : Optional.of((int) frames);
      }
      payload += 2 + size;
    }
    return Optional.empty();
  }

  private static Dependence mpeg2(ByteBuffer packet) {
    if (packet.limit() < 3 || packet.get(0) != 0 || packet.get(1) != 0) {
      return BEFORE; // what looks like a header may be another's
    }
    boolean pictures = false;
    boolean bidirectional = true;
    for (int at : NalUnits.afterStartCodes(packet)) {
      if (packet.get(at) == 0 && at + 2 < packet.limit()) {
        int type = packet.get(at + 2) >> 3 & 7;
        if (type == 1 && !pictures) {
          return NOTHING;
        }
        pictures = true;
        bidirectional &= type == 3;
      }
    }
    return pictures && bidirectional ? BEFORE_ONLY : BEFORE;
  }

  /// ITU-T H.265 §7.4.2.2. A picture that its own temporal layer does not refer to may still be
  /// referred to by higher ones.
  final class Hevc implements Reader {

    private static final int FIRST_IRAP = 16;
    private static final int LAST_IRAP = 21;

    private final NalUnits units;
    private boolean layered;

    private Hevc(NalUnits units) {
      this.units = units;
    }

    @Override
    public Dependence of(ByteBuffer packet) {
      boolean referred = false;
      boolean slices = false;
      for (int at : units.in(packet).orElse(List.of())) {
        int type = packet.get(at) >> 1 & 0x3f;
        if (type >= FIRST_IRAP && type <= LAST_IRAP) {
          return NOTHING;
        }
        if (type < FIRST_IRAP) {
          slices = true;
          referred |= type % 2 == 1;
          layered |= at + 1 < packet.limit() && (packet.get(at + 1) & 7) > 1;
        }
      }
      return slices && !referred && !layered ? BEFORE_ONLY : BEFORE;
    }
  }
}
