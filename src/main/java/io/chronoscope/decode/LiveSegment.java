package io.chronoscope.decode;

import io.chronoscope.domain.SourceClock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/// A part of a live stream that can be decoded on its own.
///
/// @param ptsMicros the segment's presentation time zero in the stream's own time, which has any
///   origin
/// @param duration until the start of the next segment, or until the end of the last frame
/// @param contentType MIME type of `media`
/// @param media from position 0 to the limit
/// @param frames number of packets
/// @param continues whether the segment starts where the one before it on the same connection ended
/// @param arrivalOffsetMicros the least difference between the time a packet arrived here, in
///   microseconds since 1970, and its presentation time
/// @param stated what the source last stated about absolute time by the end of this segment
public record LiveSegment(
    long ptsMicros,
    Duration duration,
    String contentType,
    ByteBuffer media,
    int frames,
    boolean continues,
    long arrivalOffsetMicros,
    Optional<StatedTime> stated) {

  /// @param offsetMicros absolute time, in microseconds since 1970, minus presentation time
  public record StatedTime(long offsetMicros, SourceClock clock) {}
}
