package io.chronoscope.evaluation;

import java.util.OptionalDouble;

/// An event as the program reported it.
///
/// @param id of the event
/// @param startMs relative to the stream's start
/// @param endMs relative to the stream's start
/// @param toleranceMs how far the bounds may be off
/// @param confidence that it is true, 0 to 1; empty if it has none
public record ReportedEvent(
    String id,
    long startMs,
    long endMs,
    String description,
    long toleranceMs,
    OptionalDouble confidence) {}
