package io.chronoscope.checkpoint;

/// Ids of the tokens that represent and delimit pictures in a prompt.
///
/// @param imagePad stands for each merged token of a still image
/// @param videoPad stands for each merged token of a video
public record VisionTokens(int imagePad, int videoPad, int visionStart, int visionEnd) {}
