package io.chronoscope.analysis;

/// Where a stream's window numbering is anchored: at its start, until the stream becomes idle. The
/// window that idling cuts short is followed by one that starts exactly where it ended, and windows
/// are spaced from there on.
///
/// @param first number of the anchor window
/// @param fromMicros start of the anchor window, in microseconds from the stream's start
public record WindowAnchor(long first, long fromMicros) {

  public static final WindowAnchor STREAM_START = new WindowAnchor(0, 0);
}
