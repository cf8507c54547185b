package io.chronoscope.model;

/// How closely a span was looked at, so that a reader can tell "nothing happened" from "not
/// looked".
///
/// @param framesSeen frames given to the model
/// @param fps sampling rate in frames a second
/// @param reason why this rate was chosen
/// @param videoTokens visual tokens given to the model
/// @param frameWidthPx width given to the model
/// @param frameHeightPx height given to the model
public record Sampling(
    int framesSeen,
    double fps,
    String reason,
    int videoTokens,
    int frameWidthPx,
    int frameHeightPx) {}
