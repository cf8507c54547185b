package io.chronoscope.qwen.decoder;

import io.chronoscope.vlm.Answer;
import java.util.List;

/// The tokens generated for one prompt.
///
/// @param tokenIds with the stop token if one was generated; not copied
/// @param logProbabilities of each token, before any penalty
/// @param end why there are no more
/// @param firstLogits `[vocabulary]` of the first generated position, before any penalty; not
///   copied
/// @param reusedTokens tokens of the prompt whose keys and values were in the cache already
/// @param drafts draft tokens, of the answer
/// @param prefillNanos wall time of prefill; of the run that contained it, for the whole batch,
///   where one run does more
/// @param decodeNanos wall time after prefill until this sequence ended
@SuppressWarnings("ArrayRecordComponent") // handed over once, not compared
public record Decoded(
    int[] tokenIds,
    List<Float> logProbabilities,
    Answer.End end,
    float[] firstLogits,
    int reusedTokens,
    Answer.Drafts drafts,
    long prefillNanos,
    long decodeNanos) {

  public Decoded {
    logProbabilities = List.copyOf(logProbabilities);
  }

  /// Whether a stop token was generated.
  public boolean finished() {
    return end == Answer.End.COMPLETE;
  }
}
