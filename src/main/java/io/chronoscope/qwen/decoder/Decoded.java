package io.chronoscope.qwen.decoder;

/// The tokens generated for one prompt.
///
/// @param tokenIds with the stop token if one was generated; not copied
/// @param finished whether a stop token was generated
/// @param firstLogits `[vocabulary]` of the first generated position, before any penalty; not
///   copied
/// @param reusedTokens tokens of the prompt whose keys and values were in the cache already
/// @param prefillNanos wall time of prefill; of the run that contained it, for the whole batch,
///   where one run does more
/// @param decodeNanos wall time after prefill until this sequence ended
@SuppressWarnings("ArrayRecordComponent") // handed over once, not compared
public record Decoded(
    int[] tokenIds,
    boolean finished,
    float[] firstLogits,
    int reusedTokens,
    long prefillNanos,
    long decodeNanos) {}
