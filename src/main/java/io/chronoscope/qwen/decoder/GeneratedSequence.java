package io.chronoscope.qwen.decoder;

import io.chronoscope.vlm.Answer;
import java.util.ArrayList;
import java.util.List;

/// One prompt's answer so far. Used by one thread.
final class GeneratedSequence {

  private final DecodeRequest request;
  private final List<Integer> eosTokenIds;
  private final List<SelectedToken> generated = new ArrayList<>();
  private final Repetition repetition = new Repetition();
  private boolean finished;
  private boolean repeats;
  private float[] firstLogits = new float[0];

  GeneratedSequence(DecodeRequest request, List<Integer> eosTokenIds) {
    this.request = request;
    this.eosTokenIds = eosTokenIds;
  }

  DecodeRequest request() {
    return request;
  }

  /// Number of generated tokens.
  int count() {
    return generated.size();
  }

  /// The last generated token; 0 before the first.
  int lastToken() {
    return generated.isEmpty() ? 0 : generated.getLast().id();
  }

  boolean done() {
    return finished || repeats || count() >= request.maxNewTokens();
  }

  int remaining() {
    return done() ? 0 : request.maxNewTokens() - count();
  }

  /// @throws NonFiniteLogitsException when they contain NaN or an infinity
  void setFirstLogits(float[] logits) {
    for (int id = 0; id < logits.length; id++) {
      if (!Float.isFinite(logits[id])) {
        throw new NonFiniteLogitsException(
            request.prompt().length(), 0, "the logit of token " + id + " is " + logits[id]);
      }
    }
    firstLogits = logits;
  }

  /// @throws NonFiniteLogitsException when the logits that selected the token contain NaN or an
  ///   infinity
  void append(SelectedToken token) {
    if (!token.isFinite()) {
      throw new NonFiniteLogitsException(
          request.prompt().length(), count(), "the sum of the logits is " + token.logitSum());
    }
    generated.add(token);
    finished = eosTokenIds.contains(token.id());
    repeats = repetition.add(token.id());
    request.onToken().accept(token.id());
  }

  /// The answer, complete or up to now.
  Decoded toDecoded(int reusedTokens, Answer.Drafts drafts, long prefillNanos, long decodeNanos) {
    return new Decoded(
        generated.stream().mapToInt(SelectedToken::id).toArray(),
        generated.stream().map(SelectedToken::logProbability).toList(),
        finished ? Answer.End.COMPLETE : repeats ? Answer.End.REPETITION : Answer.End.LIMIT,
        firstLogits,
        reusedTokens,
        drafts,
        prefillNanos,
        decodeNanos);
  }
}
