package io.chronoscope.decode;

import java.time.Duration;

/// What a [MediaTask] makes. The bytes that belong to it, if any, come before it.
public sealed interface TaskOutput
    permits MediaProbe.Found,
        MediaCutter.Overview,
        TaskOutput.Segment,
        TaskOutput.Fragments,
        TaskOutput.NotPlayable,
        TaskOutput.Written,
        Clip {

  /// A segment, whose media are the bytes.
  ///
  /// @see MediaSegment
  record Segment(int index, Duration start, Duration duration, String contentType)
      implements TaskOutput {}

  /// A playable segment.
  ///
  /// @param initializationBytes how many of the bytes are the initialization; the others are the
  ///   media
  record Fragments(int initializationBytes) implements TaskOutput {}

  /// A browser cannot play the video as it is encoded; nothing follows.
  record NotPlayable(String reason) implements TaskOutput {}

  /// The clip has grown.
  ///
  /// @param bytes of its packets so far
  record Written(long bytes) implements TaskOutput {}
}
