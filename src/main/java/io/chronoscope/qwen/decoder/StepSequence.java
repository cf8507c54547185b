package io.chronoscope.qwen.decoder;

import io.chronoscope.qwen.decoder.PrefixCache.Prefix;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One prompt on its way through a [StepBatch]. Used by the thread of its batch.
public final class StepSequence {

  private final GeneratedSequence answer;
  private final PromptContent content;
  private final Drafter drafter;
  private final int sharedTokens;
  private int computed;
  private int reused;
  private boolean started;
  private long prefillNanos;
  private long prefilledAtNanos;
  private long decodeNanos;
  private @Nullable Prefix prefix;
  private @Nullable KvCache own;
  private @Nullable RuntimeException failure;

  StepSequence(
      DecodeRequest request,
      List<Integer> eosTokenIds,
      int hiddenSize,
      int sharedTokens,
      Drafter drafter) {
    this.answer = new GeneratedSequence(request, eosTokenIds);
    this.content = new PromptContent(request, hiddenSize);
    this.sharedTokens = sharedTokens;
    this.drafter = drafter;
  }

  public DecodeRequest request() {
    return answer.request();
  }

  /// Tokens of the prompt.
  public int promptTokens() {
    return content.tokens();
  }

  /// Tokens of the prompt whose keys and values are there.
  public int computedTokens() {
    return computed;
  }

  /// Whether the whole prompt is computed, so that at least one token is selected.
  public boolean isPrefilled() {
    return computed == content.tokens();
  }

  /// Whether the answer is complete, or failed.
  public boolean hasEnded() {
    return failure != null || answer.done();
  }

  /// Number of generated tokens.
  public int generatedTokens() {
    return answer.count();
  }

  /// What ended this sequence alone: logits that are not finite, or a token callback that threw.
  public Optional<RuntimeException> failure() {
    return Optional.ofNullable(failure);
  }

  /// The answer, complete or up to now.
  public Decoded decoded() {
    return answer.toDecoded(reused, drafter.drafts(), prefillNanos, decodeNanos);
  }

  GeneratedSequence answer() {
    return answer;
  }

  PromptContent content() {
    return content;
  }

  int sharedTokens() {
    return sharedTokens;
  }

  Optional<Prefix> prefix() {
    return Optional.ofNullable(prefix);
  }

  void setPrefix(@Nullable Prefix prefix) {
    this.prefix = prefix;
  }

  Optional<KvCache> own() {
    return Optional.ofNullable(own);
  }

  void setOwn(@Nullable KvCache own) {
    this.own = own;
  }

  /// @param reusedTokens found in the cache when the first part of the prompt was computed
  void start(int reusedTokens) {
    if (!started) {
      started = true;
      reused = reusedTokens;
    }
  }

  void setComputed(int tokens) {
    computed = tokens;
  }

  void addPrefillNanos(long nanos) {
    prefillNanos += nanos;
    prefilledAtNanos = System.nanoTime();
  }

  /// Appends a generated token. What it throws becomes the failure of this sequence alone.
  void append(SelectedToken token) {
    try {
      answer.append(token);
      drafter.add(token.id());
      if (answer.done()) {
        drafter.end();
      }
    } catch (RuntimeException e) {
      failure = e;
    }
    if (answer.count() > 1) {
      decodeNanos = System.nanoTime() - prefilledAtNanos;
    }
  }

  /// Records the logits of the first position and the token that they select.
  void appendFirst(float[] logits, SelectedToken token) {
    try {
      answer.setFirstLogits(logits);
    } catch (NonFiniteLogitsException e) {
      failure = e;
      return;
    }
    append(token);
  }

  /// Whether steps of this sequence verify draft tokens where it decodes alone.
  boolean drafts() {
    return drafter.isOn();
  }

  /// Proposes tokens to follow, at most as many as the answer may have beside one that the model
  /// selects.
  int[] draft() {
    return drafter.propose(answer.remaining() - 1);
  }

  /// Appends what a step selected behind this sequence and its draft tokens, up to the first
  /// difference from the drafts or to the end of the answer.
  ///
  /// A draft token that is wrong may be one for which the model computes no finite number. So what
  /// is not finite is left to a step without drafts, and nothing is appended where even the first
  /// token is not.
  ///
  /// @param selected one more than draft tokens
  /// @return number of tokens appended
  int append(int[] drafts, List<SelectedToken> selected) {
    int appended = 0;
    while (appended < selected.size()
        && !hasEnded()
        && selected.get(appended).isFinite()
        && (appended == 0 || drafts[appended - 1] == answer.lastToken())) {
      append(selected.get(appended++));
    }
    drafter.verified(drafts.length, Math.max(0, appended - 1));
    return appended;
  }

  /// Index of the last generated token in the KV cache: it is computed in the next step.
  int lastCacheIndex() {
    return content.tokens() + answer.count() - 1;
  }

  /// Position, on all axes, of the last generated token.
  long lastPosition() {
    return request().prompt().positions().next() + answer.count() - 1;
  }
}
