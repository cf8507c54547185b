package io.chronoscope.evaluation;

/// An event as the program reported it.
///
/// @param startMs relative to the stream's start
/// @param endMs relative to the stream's start
public record ReportedEvent(long startMs, long endMs, String description) {}
