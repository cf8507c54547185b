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

/// Answers about videos in which nothing changes: all frame pairs have the very same embeddings.
/// Times in a prompt count from its first frame, so the next such window of the same length asks
/// the same question about the same input, and greedy decoding gives the same answer. Evicts the
/// least recently used answer. Thread-safe.
public final class AnswerCache {

  private static final int MAX_ANSWERS = 512;

  /// A video in which nothing changes, and a question about it.
  ///
  /// @param pair all of the video's pairs
  private record Key(PairIdentity pair, List<Double> pairSeconds, String question, int maxTokens) {}

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

  private final Map<Key, CompletableFuture<Answer>> answers = new LinkedHashMap<>(64, 0.75f, true);

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
    EncodedPair first = pairs.getFirst();
    if (pairs.stream().anyMatch(pair -> pair != first)) {
      return ask.get();
    }
    Key key = new Key(new PairIdentity(first), pairSeconds, question, maxTokens);
    Optional<CompletableFuture<Answer>> known = known(key);
    if (known.isPresent()) {
      onReuse.run();
      return known.get();
    }
    CompletableFuture<Answer> asked = ask.get();
    asked.whenComplete((answer, failure) -> {
      if (failure == null) {
        put(key, asked);
      }
    });
    return asked;
  }

  private synchronized Optional<CompletableFuture<Answer>> known(Key key) {
    return Optional.ofNullable(answers.get(key));
  }

  private synchronized void put(Key key, CompletableFuture<Answer> answer) {
    answers.put(key, answer);
    if (answers.size() > MAX_ANSWERS) {
      Iterator<Key> oldest = answers.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }
}
