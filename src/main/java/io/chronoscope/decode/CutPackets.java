package io.chronoscope.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;

/// The packets of the segment that is being cut, and those of which it is not known yet whether
/// they belong to it: a key frame with which the next segment starts, and what follows it until a
/// frame is displayed after it. [MediaCutter] says what happens to an open group of pictures.
///
/// Owns the packets.
final class CutPackets implements AutoCloseable {

  private final List<AVPacket> segment = new ArrayList<>();
  private final List<AVPacket> pending = new ArrayList<>();

  /// The packets of the segment, in decoding order.
  List<AVPacket> segment() {
    return segment;
  }

  /// Whether a key frame waits for the segment to end.
  boolean isEnding() {
    return !pending.isEmpty();
  }

  /// Whether a packet's frame is displayed after the key frame that waits, which ends the segment.
  boolean isEndedBy(AVPacket packet) {
    return isEnding() && packet.pts() > pending.getFirst().pts();
  }

  /// Adds the key frame with which the next segment starts, or a packet that follows it.
  void addPending(AVPacket packet) {
    pending.add(packet);
  }

  /// Completes the segment and starts the next one with the key frame that waits.
  ///
  /// @param emit takes the segment's packets and frees them ([#clearSegment]); receives the time of
  ///   the key frame
  void startSegment(LongConsumer emit) {
    AVPacket key = pending.getFirst();
    if (pending.size() > 1) { // an open group
      segment.add(avcodec.av_packet_clone(key));
      segment.addAll(pending.subList(1, pending.size()));
    }
    pending.clear();
    try {
      emit.accept(key.pts());
    } finally {
      segment.add(key);
    }
  }

  /// No packet follows: one that waits alone is a segment of its own, others belong to the segment.
  ///
  /// @param emit as in [#startSegment]
  void finish(LongConsumer emit) {
    if (pending.size() == 1) {
      startSegment(emit);
    } else {
      segment.addAll(pending);
      pending.clear();
    }
  }

  /// Frees the packets of the segment.
  void clearSegment() {
    free(segment);
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
