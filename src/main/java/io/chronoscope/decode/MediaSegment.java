package io.chronoscope.decode;

import java.nio.ByteBuffer;
import java.time.Duration;

/// A part of a file that can be decoded on its own.
///
/// @param index 0, 1, 2, … in file order
/// @param start the segment's presentation time zero, relative to the file's; negative only if the
///   file has frames before its time zero
/// @param duration until the start of the next segment; for the last one, until the end of its last
///   frame
/// @param contentType MIME type of `media`
/// @param media from position 0 to the limit
public record MediaSegment(
    int index, Duration start, Duration duration, String contentType, ByteBuffer media) {}
