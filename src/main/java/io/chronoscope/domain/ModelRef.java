package io.chronoscope.domain;

/// Which checkpoint answered.
///
/// @param name the checkpoint directory's name
/// @param revision a digest of its configuration and weights' headers
public record ModelRef(String name, String revision) {}
