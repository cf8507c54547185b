package io.chronoscope.domain;

/// A sampled frame, already at the size that the model expects.
///
/// @param gridMicros the sampling time it was chosen for, epoch micros
/// @param timeMicros its own presentation time, epoch micros; at most one frame duration before
///   `gridMicros`
/// @param recordMillis timestamp of its chunk's record, milliseconds since the epoch
/// @param picture owned by the holder of this frame
/// @param origin the chunk it was decoded from
/// @param originalSize its size there
public record SampledFrame(
    long gridMicros,
    long timeMicros,
    long recordMillis,
    Picture picture,
    ChunkOrigin origin,
    FrameSize originalSize) {}
