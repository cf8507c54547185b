package io.chronoscope.domain;

/// A frame that was seen: its own absolute time, already at the size the model takes.
///
/// @param gridMicros the absolute sampling time (microseconds since the epoch) for which it was
///   taken
/// @param timeMicros when the frame itself was presented, absolute; at most one frame duration
///   before `gridMicros`
/// @param recordMillis when the record of its chunk was written, milliseconds since the epoch
/// @param picture owned by whoever holds this frame
/// @param origin the chunk it was decoded from
public record SampledFrame(
    long gridMicros, long timeMicros, long recordMillis, Picture picture, ChunkOrigin origin) {}
