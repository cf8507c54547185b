package io.chronoscope.qwen.decoder;

/// What a step selects behind one token of a sequence.
///
/// @param logitSum sum of the logits before any penalty; not finite when one of them is not
/// @param logProbability logarithm of the probability that the model gives to this token
record SelectedToken(int id, float logitSum, float logProbability) {

  boolean isFinite() {
    return Float.isFinite(logitSum);
  }
}
