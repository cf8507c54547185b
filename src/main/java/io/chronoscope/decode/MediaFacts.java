package io.chronoscope.decode;

/// What a decoded segment turned out to be.
///
/// @param durationMicros from time zero to the end of the last frame
/// @param firstFrameMicros presentation time of the first frame
/// @param frames decoded frames
/// @param damagedFrames frames that the decoder marked as damaged, or packets that it refused
public record MediaFacts(
    String container,
    String codec,
    int widthPx,
    int heightPx,
    long durationMicros,
    long firstFrameMicros,
    long frames,
    long damagedFrames) {}
