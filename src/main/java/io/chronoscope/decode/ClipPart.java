package io.chronoscope.decode;

import java.nio.ByteBuffer;

/// A segment at its place in time.
///
/// @param media one self-contained segment
/// @param startMicros absolute time of its time zero, in microseconds since 1970
public record ClipPart(ByteBuffer media, long startMicros) {}
