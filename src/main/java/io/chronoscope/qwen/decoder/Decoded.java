package io.chronoscope.qwen.decoder;

/// The tokens generated for one prompt.
///
/// @param tokenIds with the stop token if one was generated; not copied
/// @param finished whether a stop token was generated
/// @param firstLogits `[vocabulary]` of the first generated position, before any penalty; not
///   copied
/// @param prefillNanos wall time of the run that contained prefill, shared by the batch
/// @param decodeNanos wall time of the runs after it, until this sequence ended
@SuppressWarnings("ArrayRecordComponent") // handed over once, not compared
public record Decoded(
    int[] tokenIds, boolean finished, float[] firstLogits, long prefillNanos, long decodeNanos) {}
