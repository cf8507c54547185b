package io.chronoscope.qwen.decoder;

import io.chronoscope.vlm.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// One prompt's answer so far. Used by one thread.
final class GeneratedSequence {

  private final DecodeRequest request;
  private final List<Integer> eosTokenIds;
  private final IntStream.Builder generated = IntStream.builder();
  private final List<Float> logProbabilities = new ArrayList<>();
  private final Repetition repetition = new Repetition();
  private int count;
  private int lastToken;
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
    return count;
  }

  /// The last generated token.
  int lastToken() {
    return lastToken;
  }

  boolean done() {
    return finished || repeats || count >= request.maxNewTokens();
  }

  int remaining() {
    return done() ? 0 : request.maxNewTokens() - count;
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
          request.prompt().length(), count, "the sum of the logits is " + token.logitSum());
    }
    generated.add(token.id());
    logProbabilities.add(token.logProbability());
    count++;
    lastToken = token.id();
    finished = eosTokenIds.contains(token.id());
    repeats = repetition.add(token.id());
    request.onToken().accept(token.id());
  }

  Decoded toDecoded(int reusedTokens, Answer.Drafts drafts, long prefillNanos, long decodeNanos) {
    return new Decoded(
        generated.build().toArray(),
        logProbabilities,
        finished ? Answer.End.COMPLETE : repeats ? Answer.End.REPETITION : Answer.End.LIMIT,
        firstLogits,
        reusedTokens,
        drafts,
        prefillNanos,
        decodeNanos);
  }
}
