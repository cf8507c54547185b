package io.chronoscope.decode;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/// What is made of media besides frames. A value, so that another process may do it; [MediaTasks]
/// does it.
public sealed interface MediaTask {

  /// Reads the headers. Makes a [MediaProbe.Found].
  record Probe() implements MediaTask {}

  /// Reads a file's packets. Makes a [MediaCutter.Overview].
  ///
  /// @param statedFps frame rate of an elementary stream
  record Survey(OptionalDouble statedFps) implements MediaTask {}

  /// Cuts a file into segments. Makes a [TaskOutput.Segment] for each.
  ///
  /// @param target minimum duration of a segment
  /// @param statedFps frame rate of an elementary stream
  record Cut(Duration target, OptionalDouble statedFps) implements MediaTask {}

  /// Cuts a file into segments that are encoded anew. Makes a [TaskOutput.Segment] for each.
  record Encode(LiveSettings settings) implements MediaTask {}

  /// Makes of a segment one that a player of HTTP Live Streaming loads: a [TaskOutput.Fragments],
  /// or [TaskOutput.NotPlayable].
  record Fragment() implements MediaTask {}

  /// Joins the segments of a time range in one MP4. Makes a [Clip] or [TaskOutput.NotPlayable], and
  /// a [TaskOutput.Written] now and then.
  ///
  /// @param fromMicros absolute
  /// @param toMicros absolute
  /// @param parts the segments, which lie one after the other in the media
  record Join(ClipMode mode, long fromMicros, long toMicros, List<Part> parts)
      implements MediaTask {

    public Join {
      parts = List.copyOf(parts);
    }
  }

  /// Where a segment begins in time.
  ///
  /// @param bytes of the segment
  /// @param startMicros absolute time of its time zero
  record Part(long bytes, long startMicros) {}

  /// How the video gets into a clip.
  enum ClipMode {
    /// As it is encoded; the clip starts at a key frame ([ClipCopier]).
    COPY,
    /// Encoded again as H.264 ([ClipEncoder]).
    ENCODE
  }
}
