package io.chronoscope.decode;

import io.chronoscope.domain.Picture;
import java.nio.ByteBuffer;

/// Decodes one self-contained media segment. The interface carries only values, so that an
/// implementation may sit in another process.
public interface MediaDecoder {

  /// Decodes the segment's video from its first frame to its last, in presentation order, and
  /// offers every frame to `sink`. Pictures are converted for wanted frames only.
  ///
  /// @param media read from position to limit; not moved
  /// @return what was in the segment
  /// @throws UnreadableMediaException when nothing, or not enough, can be shown; the sink may have
  ///   received frames before
  MediaFacts decode(ByteBuffer media, DecodeLimits limits, FrameSink sink)
      throws UnreadableMediaException;

  /// Receives a segment's frames in presentation order.
  interface FrameSink {

    /// Whether the frame shown from `fromMicros` to `untilMicros` (presentation time, microseconds
    /// from the segment's time zero) is wanted.
    boolean wants(long fromMicros, long untilMicros);

    /// A wanted frame at its native size. The receiver owns `picture` and closes it.
    void frame(long fromMicros, long untilMicros, Picture picture);
  }
}
