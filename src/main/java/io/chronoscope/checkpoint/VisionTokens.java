package io.chronoscope.checkpoint;

/// Ids of the tokens that stand for, and enclose, pictures in a prompt.
///
/// @param imagePad stands once for each merged token of a still image
/// @param videoPad stands once for each merged token of a video
public record VisionTokens(int imagePad, int videoPad, int visionStart, int visionEnd) {}
