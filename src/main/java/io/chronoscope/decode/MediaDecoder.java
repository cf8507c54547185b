package io.chronoscope.decode;

import io.chronoscope.domain.Picture;
import io.chronoscope.domain.UnreadableMediaException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;

/// Decodes one self-contained media segment. The interface exchanges values only, so an
/// implementation may run in another process.
public interface MediaDecoder {

  /// Decodes the segment's video from its first frame to its last, in presentation order, and
  /// offers every frame to `sink`. Only wanted frames are converted to pictures.
  ///
  /// @param stream whose segment it is: a decoder that many streams share serves them fairly
  /// @param media read from position to limit; not moved
  /// @return facts about the segment
  /// @throws UnreadableMediaException when too little of the segment is readable; the sink may have
  ///   received frames before
  MediaFacts decode(String stream, ByteBuffer media, DecodeLimits limits, FrameSink sink)
      throws UnreadableMediaException;

  /// The same for a segment of no stream.
  default MediaFacts decode(ByteBuffer media, DecodeLimits limits, FrameSink sink)
      throws UnreadableMediaException {
    return decode("", media, limits, sink);
  }

  /// Receives a segment's frames in presentation order.
  interface FrameSink {

    /// Wants no frame, for callers that need the facts alone.
    FrameSink NONE =
        new FrameSink() {
          @Override
          public boolean wants(long fromMicros, long untilMicros) {
            return false;
          }

          @Override
          public void frame(long fromMicros, long untilMicros, Picture picture) {
            picture.close();
          }
        };

    /// Whether the sink wants the frame displayed from `fromMicros` to `untilMicros` (presentation
    /// time in microseconds from the segment's time zero).
    boolean wants(long fromMicros, long untilMicros);

    /// Receives a wanted frame at its native size. The sink owns `picture` and closes it.
    void frame(long fromMicros, long untilMicros, Picture picture);
  }

  /// From when until when a frame is displayed, in microseconds from the segment's time zero.
  record Display(long fromMicros, long untilMicros) {}

  /// A sink that can say which frames it wants from their times alone, so that frames on which none
  /// of those depends need not be decoded. It receives the same frames either way.
  interface SelectiveSink extends FrameSink {

    /// Which frames [#wants] is going to accept. Changes nothing.
    ///
    /// @param displays of all frames, in presentation order
    /// @return by index
    BitSet select(List<Display> displays);

    /// Decoding starts again from the first frame, because the frames were not those that the
    /// segment's packets announced. The sink forgets what it has received of the segment.
    void restart();
  }
}
