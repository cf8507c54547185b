package io.chronoscope.vlm;

import java.util.List;

/// The model's answer to a [Prompt].
///
/// @param promptTokenIds the whole prompt, one id for each visual token
/// @param tokenIds the generated tokens, with the stop token if one was generated
/// @param text the generated text without special tokens
/// @param finished whether the model generated a stop token, rather than reach the token limit
/// @param reusedTokens tokens of the prompt that were computed for an earlier prompt
/// @param firstLogitsTop the ten highest logits of the first generated position, before any penalty
public record Answer(
    List<Integer> promptTokenIds,
    List<Integer> tokenIds,
    String text,
    boolean finished,
    int reusedTokens,
    List<TokenLogit> firstLogitsTop) {

  public record TokenLogit(int id, float logit) {}
}
