package io.chronoscope.domain;

/// Identifies the checkpoint that produced a result.
///
/// @param name the checkpoint directory's name
/// @param revision digest of its configuration and of its weights' headers
public record ModelRef(String name, String revision) {}
