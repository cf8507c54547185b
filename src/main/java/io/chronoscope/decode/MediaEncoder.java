package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;

/// Cuts a file's video into segments as [MediaCutter] does, but decodes it and encodes it again as
/// H.264, with a key frame where each segment starts: for files whose key frames are too far apart.
/// Costs as much as that does.
final class MediaEncoder {

  private MediaEncoder() {}

  /// @param file its bytes
  /// @param settings of the encoding; nothing is waited for
  /// @param sink receives the segments in order, on this thread
  /// @throws UnreadableMediaException when [FfmpegDecoder] cannot read the file
  static void encode(MemorySegment file, LiveSettings settings, Consumer<MediaSegment> sink)
      throws UnreadableMediaException {
    AtomicInteger index = new AtomicInteger();
    try (VideoPackets packets = VideoPackets.open(file, DecodeLimits.PICTURE_SIZE_ONLY);
        LiveEncoder encoder =
            new LiveEncoder(
                packets.input().stream(),
                settings,
                DecodeLimits.PICTURE_SIZE_ONLY,
                segment -> sink.accept(segment(index.getAndIncrement(), segment)))) {
      packets.requireReadToTheEnd();
      packets.requireTimed();
      AVPacket packet = packets.next();
      for (int i = 0; packet != null; i++) {
        if (!packets.isShown(i)) {
          packet.flags(packet.flags() | avcodec.AV_PKT_FLAG_DISCARD);
        }
        encoder.add(packet, 0, Optional.empty());
        packet = packets.next();
      }
      encoder.finish();
    }
    if (index.get() == 0) {
      throw new UnreadableMediaException(Reason.NO_FRAMES, "the video has no frame to show");
    }
  }

  private static MediaSegment segment(int index, LiveSegment segment) {
    return new MediaSegment(
        index,
        Duration.of(Math.max(0, segment.ptsMicros()), ChronoUnit.MICROS),
        segment.duration(),
        segment.contentType(),
        segment.media());
  }
}
