package io.chronoscope.analysis.window;

import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Answers about videos, by everything that they depend on: the very embeddings of the frame pairs,
/// the pairs' times, the question and the limit. Times in a prompt count from its first frame and
/// pictures that are the same share their embeddings ([EmbeddingCache]), so windows of a still
/// scene ask the same question about the same input, and greedy decoding gives the same answer.
/// Evicts the least recently used answers. Belongs to one model. Thread-safe.
public final class AnswerCache {

  /// Tokens of prompts and answers that are kept, about 20 bytes each.
  private static final int MAX_TOKENS = 1 << 20;

  /// A video and a question about it.
  private record Key(
      List<PairIdentity> pairs, List<Double> pairSeconds, String question, int maxTokens) {}

  /// Identifies embeddings in memory without keeping them there. Embeddings that were collected are
  /// equal to nothing.
  private static final class PairIdentity {
    private final WeakReference<EncodedPair> pair;
    private final int hash;

    PairIdentity(EncodedPair pair) {
      this.pair = new WeakReference<>(pair);
      this.hash = System.identityHashCode(pair);
    }

    @Override
    public boolean equals(Object other) {
      EncodedPair own = pair.get();
      return this == other
          || (own != null && other instanceof PairIdentity that && that.pair.refersTo(own));
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private record Known(CompletableFuture<Answer> answer, int tokens) {}

  private final int maxTokens;
  private final Map<Key, Known> answers = new LinkedHashMap<>(64, 0.75f, true);
  private int tokens;

  public AnswerCache() {
    this(MAX_TOKENS);
  }

  /// @param maxTokens of prompts and answers that are kept
  AnswerCache(int maxTokens) {
    this.maxTokens = maxTokens;
  }

  /// Returns a known answer, or asks.
  ///
  /// @param pairs of the video
  /// @param ask submits the question to the model
  /// @param onReuse called when the answer was known
  CompletableFuture<Answer> answer(
      List<EncodedPair> pairs,
      List<Double> pairSeconds,
      String question,
      int maxTokens,
      Supplier<CompletableFuture<Answer>> ask,
      Runnable onReuse) {
    Key key =
        new Key(
            pairs.stream().map(PairIdentity::new).toList(),
            List.copyOf(pairSeconds),
            question,
            maxTokens);
    Optional<CompletableFuture<Answer>> known = known(key);
    if (known.isPresent()) {
      onReuse.run();
      return known.get();
    }
    CompletableFuture<Answer> asked = ask.get();
    asked.whenComplete((answer, failure) -> {
      if (failure == null) {
        put(key, new Known(asked, answer.promptTokenIds().size() + answer.tokenIds().size()));
      }
    });
    return asked;
  }

  private synchronized Optional<CompletableFuture<Answer>> known(Key key) {
    return Optional.ofNullable(answers.get(key)).map(Known::answer);
  }

  private synchronized void put(Key key, Known answer) {
    Known before = answers.put(key, answer);
    tokens += answer.tokens - (before == null ? 0 : before.tokens);
    Iterator<Known> oldest = answers.values().iterator();
    while (tokens > maxTokens) {
      tokens -= oldest.next().tokens;
      oldest.remove();
    }
  }
}
