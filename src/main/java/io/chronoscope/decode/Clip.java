package io.chronoscope.decode;

/// What a clip holds. Times are absolute, in microseconds since 1970; the file's time zero is
/// `startMicros`.
///
/// @param startMicros time of its first frame
/// @param endMicros end of its last frame
/// @param codec FFmpeg's name of its codec
/// @param end why it ends there
public record Clip(long startMicros, long endMicros, String codec, End end) implements TaskOutput {

  public enum End {
    /// The requested range ends there, or nothing follows.
    COMPLETE,
    /// The next segment has another codec, size or decoder configuration, which cannot follow in
    /// the same track without re-encoding.
    MEDIA_CHANGES
  }
}
