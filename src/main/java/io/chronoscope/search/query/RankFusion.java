package io.chronoscope.search.query;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): rankings whose scores cannot
/// be compared are fused by what they agree on. What one ranking scores alike shares a rank.
///
/// @param <T> what is ranked
public final class RankFusion<T> {

  /// The paper's constant: how much the first ranks count more than those behind them.
  private static final double K = 60;

  private final Map<T, Double> scores = new HashMap<>();

  /// @param score higher is better
  public record Ranked<T>(T one, double score) {}

  /// Adds a ranking.
  ///
  /// @param best first
  public void add(List<Ranked<T>> best) {
    int rank = 0;
    double last = Double.NaN;
    for (Ranked<T> ranked : best) {
      if (ranked.score() != last) {
        rank++;
        last = ranked.score();
      }
      scores.merge(ranked.one(), 1 / (K + rank), Double::sum);
    }
  }

  /// The sum over the rankings for each that occurs in one.
  public Map<T, Double> scores() {
    return Map.copyOf(scores);
  }
}
