package io.chronoscope.decode;

import java.time.Duration;

/// How a live source is read and cut.
///
/// @param segmentLength minimum length of a segment, which ends before the next key frame
/// @param readTimeout how long nothing new may come before the source counts as frozen
/// @param maxSegmentBytes a source whose key frames are so far apart that a segment would be larger
///   cannot be cut
public record LiveSettings(
    Duration segmentLength, Duration readTimeout, long maxSegmentBytes, Treatment treatment) {

  /// What happens to the video.
  public enum Treatment {
    /// Its packets are copied; segments end at its key frames.
    COPY,
    /// It is decoded and encoded again as H.264, with a key frame at the start of each segment.
    ENCODE
  }

  public LiveSettings {
    if (!segmentLength.isPositive() || !readTimeout.isPositive() || maxSegmentBytes <= 0) {
      throw new IllegalArgumentException(
          "segment length, read timeout and size must be positive: %s, %s, %d bytes"
              .formatted(segmentLength, readTimeout, maxSegmentBytes));
    }
  }
}
