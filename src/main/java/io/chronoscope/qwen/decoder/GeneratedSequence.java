package io.chronoscope.qwen.decoder;

import java.util.List;
import java.util.stream.IntStream;

/// One prompt's answer so far. Used by one thread.
final class GeneratedSequence {

  private final DecodeRequest request;
  private final List<Integer> eosTokenIds;
  private final IntStream.Builder generated = IntStream.builder();
  private int count;
  private int lastToken;
  private boolean finished;
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
    return finished || count >= request.maxNewTokens();
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

  /// @throws NonFiniteLogitsException when the logits that selected `token` contain NaN or an
  ///   infinity
  void append(int token, float logitSum) {
    if (!Float.isFinite(logitSum)) {
      throw new NonFiniteLogitsException(
          request.prompt().length(), count, "the sum of the logits is " + logitSum);
    }
    generated.add(token);
    count++;
    lastToken = token;
    finished = eosTokenIds.contains(token);
    request.onToken().accept(token);
  }

  Decoded toDecoded(int reusedTokens, long prefillNanos, long decodeNanos) {
    return new Decoded(
        generated.build().toArray(),
        finished,
        firstLogits,
        reusedTokens,
        prefillNanos,
        decodeNanos);
  }
}
