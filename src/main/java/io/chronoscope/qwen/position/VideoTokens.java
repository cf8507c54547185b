package io.chronoscope.qwen.position;

import java.util.List;
import java.util.stream.IntStream;

/// Which tokens of a video a prompt contains.
public sealed interface VideoTokens {

  /// The size of each frame pair.
  TokenGrid grid();

  /// Number of frame pairs.
  int pairs();

  /// The tokens of one pair in the prompt: their row-major indices, ascending.
  int[] tokens(int pair);

  /// Tokens of all pairs in the prompt.
  int count();

  /// Every token of every pair.
  record All(TokenGrid grid, int pairs) implements VideoTokens {

    @Override
    public int[] tokens(int pair) {
      return IntStream.range(0, grid.tokens()).toArray();
    }

    @Override
    public int count() {
      return Math.multiplyExact(pairs, grid.tokens());
    }
  }

  /// Some tokens of each pair, at the positions that they have among all.
  ///
  /// @param kept for each pair the row-major indices of its tokens, ascending; not copied
  record Kept(TokenGrid grid, List<int[]> kept) implements VideoTokens {

    public Kept {
      kept = List.copyOf(kept);
    }

    @Override
    public int pairs() {
      return kept.size();
    }

    @Override
    public int[] tokens(int pair) {
      return kept.get(pair);
    }

    @Override
    public int count() {
      return kept.stream().mapToInt(tokens -> tokens.length).sum();
    }
  }
}
