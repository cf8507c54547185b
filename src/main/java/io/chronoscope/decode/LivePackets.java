package io.chronoscope.decode;

import io.chronoscope.decode.LiveSegment.StatedTime;
import io.chronoscope.domain.UnreadableMediaException;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/// Receives the packets of a live video. Not thread-safe.
interface LivePackets extends AutoCloseable {

  /// @param packet has both timestamps; not consumed
  /// @param arrivedMicros since 1970
  /// @param stated what the source states about the absolute time of this packet
  /// @throws UnreadableMediaException when the video cannot be cut
  void add(AVPacket packet, long arrivedMicros, Optional<StatedTime> stated)
      throws UnreadableMediaException;

  /// Delivers what was received since the last segment.
  void finish();

  @Override
  void close();
}
