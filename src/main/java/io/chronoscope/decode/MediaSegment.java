package io.chronoscope.decode;

import java.nio.ByteBuffer;
import java.time.Duration;

/// A piece of a file that can be decoded by itself.
///
/// @param index 0, 1, 2, … in file order
/// @param start of the segment's presentation time zero, from the file's; negative only when the
///   file itself has frames before its time zero
/// @param duration to the start of the next segment; of the last one, to the end of its last frame
/// @param contentType MIME type of `media`
/// @param media from position 0 to the limit
public record MediaSegment(
    int index, Duration start, Duration duration, String contentType, ByteBuffer media) {}
