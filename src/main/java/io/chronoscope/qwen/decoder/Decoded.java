package io.chronoscope.qwen.decoder;

/// What the decoder generated for one prompt.
///
/// @param tokenIds with the end token if it was produced; not copied
/// @param finished whether an end token was produced
/// @param firstLogits `[vocab]` of the first generated position before any penalty; not copied
/// @param prefillNanos wall time of the run that held the prompt, shared by its batch
/// @param decodeNanos wall time of the runs after it, until this prompt ended
@SuppressWarnings("ArrayRecordComponent") // handed over once, not compared
public record Decoded(
    int[] tokenIds, boolean finished, float[] firstLogits, long prefillNanos, long decodeNanos) {}
