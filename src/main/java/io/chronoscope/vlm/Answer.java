package io.chronoscope.vlm;

import java.util.List;

/// What the model generated.
///
/// @param promptTokenIds the whole prompt, a token for each visual token
/// @param tokenIds generated, with the end token if it was produced
/// @param text the generated text without special tokens
/// @param finished whether the model ended by itself rather than by the limit
/// @param firstLogitsTop the ten highest logits of the first generated position, before any penalty
public record Answer(
    List<Integer> promptTokenIds,
    List<Integer> tokenIds,
    String text,
    boolean finished,
    List<TokenLogit> firstLogitsTop) {

  public record TokenLogit(int id, float logit) {}
}
