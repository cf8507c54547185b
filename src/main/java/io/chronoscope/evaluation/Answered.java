package io.chronoscope.evaluation;

/// An event as the program reported it.
///
/// @param startMs from the stream's start
/// @param endMs from the stream's start
public record Answered(long startMs, long endMs, String description) {}
