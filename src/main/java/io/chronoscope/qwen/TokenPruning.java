package io.chronoscope.qwen;

import io.chronoscope.vlm.EncodedPair;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Temporal pruning: leaves a video's tokens out of the prompt where the picture has not changed. A
/// token is left out if its embedding is as good as that of the last token that was kept at its
/// place in the picture. The first pair of a video is whole. What is kept of a pair depends only on
/// the pairs before it, so that a video that continues another one has the same tokens as far as
/// that goes, and can share its keys and values; for the same reason, the rows of the last videos
/// are remembered. Thread-safe.
final class TokenPruning {

  /// Several long windows; each pair costs at most the bytes of its embeddings.
  private static final int REMEMBERED_PAIRS = 512;

  private final double minSimilarity;
  private final Map<Step, PrunedPair> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Step, PrunedPair> eldest) {
          return size() > REMEMBERED_PAIRS;
        }
      };

  /// @param minSimilarity cosine of two embeddings from which the later one is left out
  TokenPruning(double minSimilarity) {
    if (!(minSimilarity > 0 && minSimilarity <= 1)) {
      throw new IllegalArgumentException(
          "a similarity is above 0 and at most 1, not " + minSimilarity);
    }
    this.minSimilarity = minSimilarity;
  }

  /// What the prompt contains of the pairs of a video, in order.
  ///
  /// @param pairs of one token grid
  synchronized List<PrunedPair> prune(List<EncodedPair> pairs) {
    List<PrunedPair> pruned = new ArrayList<>();
    PrunedPair previous = null;
    for (EncodedPair pair : pairs) {
      PrunedPair before = previous;
      previous = remembered.computeIfAbsent(new Step(before, pair), step -> next(before, pair));
      pruned.add(previous);
    }
    return pruned;
  }

  private PrunedPair next(@Nullable PrunedPair before, EncodedPair pair) {
    int tokens = pair.tokens();
    if (before == null) {
      EncodedPair[] latest = new EncodedPair[tokens];
      Arrays.fill(latest, pair);
      return new PrunedPair(IntStream.range(0, tokens).toArray(), pair.embeddings(), latest);
    }
    EncodedPair[] latest = before.latest.clone();
    int[] kept =
        IntStream.range(0, tokens).filter(token -> !isSame(latest[token], pair, token)).toArray();
    for (int token : kept) {
      latest[token] = pair;
    }
    return new PrunedPair(kept, rows(pair, kept), latest);
  }

  private boolean isSame(EncodedPair latest, EncodedPair pair, int token) {
    if (latest == pair) {
      return true;
    }
    FloatBuffer one = latest.embeddings();
    FloatBuffer other = pair.embeddings();
    int hidden = other.remaining() / pair.tokens();
    int from = token * hidden;
    double product = 0;
    double ones = 0;
    double others = 0;
    for (int i = from; i < from + hidden; i++) {
      double a = one.get(i);
      double b = other.get(i);
      product += a * b;
      ones += a * a;
      others += b * b;
    }
    return product >= minSimilarity * Math.sqrt(ones * others);
  }

  private static FloatBuffer rows(EncodedPair pair, int[] kept) {
    if (kept.length == pair.tokens()) {
      return pair.embeddings();
    }
    int hidden = pair.embeddings().remaining() / pair.tokens();
    FloatBuffer rows =
        ByteBuffer.allocateDirect(Math.multiplyExact(kept.length, hidden * Float.BYTES))
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int token : kept) {
      rows.put(pair.embeddings().slice(token * hidden, hidden));
    }
    return rows.flip().asReadOnlyBuffer();
  }

  /// What is kept of a pair.
  static final class PrunedPair {

    private final int[] kept;
    private final FloatBuffer rows;
    private final EncodedPair[] latest;

    /// @param latest for each place in the grid the pair whose token was kept there last
    private PrunedPair(int[] kept, FloatBuffer rows, EncodedPair[] latest) {
      this.kept = kept;
      this.rows = rows;
      this.latest = latest;
    }

    /// Row-major indices of the tokens, ascending; none where nothing has changed. Not copied.
    int[] kept() {
      return kept;
    }

    /// `[kept tokens, hidden]`, the same object whenever the same pairs are pruned.
    FloatBuffer rows() {
      return rows;
    }
  }

  /// A pair after another one, by identity: embeddings are compared only once.
  private record Step(@Nullable PrunedPair before, EncodedPair pair) {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Step step && step.before == before && step.pair == pair;
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(before) + System.identityHashCode(pair);
    }
  }
}
