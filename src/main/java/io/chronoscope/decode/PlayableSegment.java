package io.chronoscope.decode;

import io.chronoscope.decode.container.Mp4Box;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;

/// A segment in the parts that players of HTTP Live Streaming load: fragmented MP4, without
/// re-encoding, its time zero that of the segment.
///
/// @param initialization `ftyp` and `moov`
/// @param media the fragments
public record PlayableSegment(ByteBuffer initialization, ByteBuffer media) {

  /// @throws NotPlayableException when a browser cannot play its video
  /// @throws UnreadableMediaException when the segment cannot be read
  public static PlayableSegment of(MemorySegment segment, DecodeLimits limits)
      throws UnreadableMediaException, NotPlayableException {
    List<AVPacket> packets = new ArrayList<>();
    try (VideoPackets input = VideoPackets.open(segment, limits)) {
      BrowserPlayback.require(input.input().stream().codecpar());
      long zeroTicks = Long.MAX_VALUE;
      input.requireTimed();
      AVPacket packet = input.next();
      for (int i = 0; packet != null; i++) {
        if (input.isKey(i) || !packets.isEmpty()) {
          packets.add(avcodec.av_packet_clone(packet));
          zeroTicks = input.isShown(i) ? Math.min(zeroTicks, packet.pts()) : zeroTicks;
        }
        packet = input.next();
      }
      if (packets.isEmpty() || zeroTicks == Long.MAX_VALUE) {
        throw new UnreadableMediaException(Reason.NO_FRAMES, "the segment has no key frame");
      }
      return split(new SegmentMuxer(input.input().stream()).write(packets, zeroTicks));
    } finally {
      packets.forEach(avcodec::av_packet_free);
    }
  }

  private static PlayableSegment split(ByteBuffer fragmented) throws UnreadableMediaException {
    MemorySegment bytes = MemorySegment.ofBuffer(fragmented);
    long at = 0;
    while (at + Mp4Box.HEADER_BYTES <= bytes.byteSize()) {
      Mp4Box box = Mp4Box.read(bytes, at, bytes.byteSize());
      if (box.type().equals("moof")) {
        int media = (int) at;
        return new PlayableSegment(
            fragmented.slice(0, media), fragmented.slice(media, fragmented.limit() - media));
      }
      at = box.end();
    }
    throw new UnreadableMediaException(Reason.CORRUPT, "the segment has no fragment");
  }
}
