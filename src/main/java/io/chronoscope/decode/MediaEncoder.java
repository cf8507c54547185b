package io.chronoscope.decode;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;

/// Cuts a file's video into segments as [MediaCutter] does, but decodes it and encodes it again as
/// H.264, with a key frame where each segment starts: for files whose key frames are too far apart.
/// Costs as much as that does, and the decoder runs in this process. Thread-safe.
public final class MediaEncoder {

  /// @param settings of the encoding; nothing is waited for
  /// @param sink receives the segments in order, on this thread
  /// @return the number of segments
  /// @throws IOException when the file cannot be read
  /// @throws UnreadableMediaException when [FfmpegDecoder] cannot read the file
  public int encode(Path file, LiveSettings settings, Consumer<MediaSegment> sink)
      throws IOException, UnreadableMediaException {
    AtomicInteger index = new AtomicInteger();
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      try (VideoPackets packets = VideoPackets.open(bytes, DecodeLimits.PICTURE_SIZE_ONLY);
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
    }
    if (index.get() == 0) {
      throw new UnreadableMediaException(Reason.NO_FRAMES, "the video has no frame to show");
    }
    return index.get();
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
