package io.chronoscope.decode;

import io.chronoscope.decode.bitstream.PacketKind;
import io.chronoscope.decode.bitstream.PacketKinds;
import io.chronoscope.decode.bitstream.ParameterSets;
import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.domain.UnreadableMediaException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;
import org.jspecify.annotations.Nullable;

/// Where a video can be cut: at packets from which a decoder can really begin.
///
/// A container's key frame marks do not say that. A recovery point of H.264 starts a gradual
/// refresh of the picture; a frame may need parameter sets that were sent before it; some files
/// mark what they like. So each candidate is decoded: by itself if it says that nothing before it
/// is needed ([PacketKinds], [ParameterSets]), otherwise with all that follows up to the next one;
/// both with the parameter sets that it lacks ([ParameterSets]) in front.
final class CutPlan implements AutoCloseable {

  private final VideoPackets packets;
  private final long targetMicros;
  private final PacketKinds kinds;
  private final ParameterSets parameterSets;
  private final BitSet starts = new BitSet();
  private final Map<Integer, byte[]> prefixes = new HashMap<>();
  private long startMicros;
  private @Nullable DecodeTrial trial;
  private int tried;

  private CutPlan(VideoPackets packets, long targetMicros) throws UnreadableMediaException {
    this.packets = packets;
    this.targetMicros = targetMicros;
    VideoCodec codec = SupportedCodecs.of(packets.input().stream().codecpar());
    this.kinds = PacketKinds.of(codec, packets.input().extradata());
    this.parameterSets = ParameterSets.of(codec, packets.input().extradata());
  }

  /// The packets with which segments start.
  ///
  /// @param starts without the first one
  /// @param parameterSets bytes to be put in front of some of them
  record Cuts(BitSet starts, Map<Integer, byte[]> parameterSets) {}

  /// @param targetMicros minimum distance between two starts
  static Cuts of(VideoPackets packets, long targetMicros) throws UnreadableMediaException {
    try (CutPlan plan = new CutPlan(packets, targetMicros)) {
      plan.run();
      return new Cuts(plan.starts, plan.prefixes);
    } finally {
      packets.rewind();
    }
  }

  private void run() throws UnreadableMediaException {
    startMicros = micros(0);
    int codec = packets.input().codecId();
    AVPacket packet = packets.next();
    for (int i = 0; packet != null; i++) {
      int current = packets.input().codecId();
      if (current != codec) {
        // Each codec is written into segments of its own.
        codec = current;
        conclude(i);
        accept(i);
      } else if (startsEdit(i)) {
        conclude(i);
        accept(i);
      } else if (packets.isKey(i)) {
        conclude(i);
        consider(i, packet);
      } else if (trial != null && micros(i) >= micros(tried)) {
        trial.feed(packet);
      }
      parameterSets.add(Ffmpeg.bytes(packet));
      packet = packets.next();
    }
    conclude(packets.size());
  }

  private long micros(int packet) {
    return packets.input().micros(packets.presentation(packet));
  }

  /// An edit list continues elsewhere in the video: what it needs for that is not shown.
  private boolean startsEdit(int packet) {
    return packet > 0
        && packets.isKey(packet)
        && !packets.isShown(packet)
        && packets.isShown(packet - 1);
  }

  private void consider(int packet, AVPacket data) throws UnreadableMediaException {
    if (packet == 0 || !packets.isShown(packet) || micros(packet) - startMicros < targetMicros) {
      return;
    }
    byte[] missing = parameterSets.missingFrom(Ffmpeg.bytes(data));
    if (missing.length > 0) {
      prefixes.put(packet, missing);
    }
    AVPacket complete = Ffmpeg.prefixed(data, missing);
    DecodeTrial started;
    try {
      started = new DecodeTrial(packets.input(), complete);
    } finally {
      avcodec.av_packet_free(complete);
    }
    boolean independent =
        parameterSets.areKnown()
            && kinds
                .of(List.of(Ffmpeg.bytes(data)))
                .equals(Optional.of(List.of(PacketKind.RANDOM_ACCESS)));
    if (independent) {
      try (started) {
        if (started.succeeds()) {
          accept(packet);
        }
      }
    } else {
      trial = started;
      tried = packet;
    }
  }

  /// Decides about the candidate on trial, which ends before packet `end`.
  private void conclude(int end) {
    if (trial == null) {
      return;
    }
    try (DecodeTrial finished = trial) {
      // A start in the middle of nothing shows nothing.
      if (end > tried && finished.succeeds()) {
        accept(tried);
      }
    } finally {
      trial = null;
    }
  }

  private void accept(int packet) {
    starts.set(packet);
    startMicros = micros(packet);
  }

  @Override
  public void close() {
    if (trial != null) {
      trial.close();
    }
  }
}
