package io.chronoscope.domain;

/// What a result of the model is based on.
///
/// @param model the checkpoint that produced it
/// @param sampling how closely the video was sampled for it
public record Provenance(ModelRef model, Sampling sampling) {}
