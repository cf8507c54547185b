package io.chronoscope.checkpoint;

import java.util.OptionalDouble;

/// What the checkpoint's maker advises for streams, from the optional file `chronoscope.json`.
public record Advice(
    OptionalDouble windowSeconds, OptionalDouble overlapSeconds, OptionalDouble fps) {}
