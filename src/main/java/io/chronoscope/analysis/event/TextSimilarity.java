package io.chronoscope.analysis.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Similarity of two descriptions by their words. Windows word the same event differently ("A red
/// circle appears." where only its beginning was seen, "A red circle moves left." in the next), but
/// descriptions lead with their subject. Words therefore weigh less the later they stand, and the
/// shared weight is relative to the shorter description.
final class TextSimilarity {

  /// From this similarity on, two descriptions count as the same.
  static final double SAME = 0.8;

  /// From this similarity on, two descriptions may be of one event whose name one look got wrong.
  static final double SIMILAR = 0.5;

  /// From this similarity on, two descriptions have something in common: a color, or what it is.
  static final double RELATED = 0.4;

  private static final Pattern NOT_A_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");
  private static final Set<String> STOP_WORDS =
      Set.of(
          "a", "an", "the", "is", "are", "was", "were", "of", "in", "on", "at", "to", "and", "with",
          "it", "its", "then", "there");

  private TextSimilarity() {}

  /// From 0 (nothing in common) to 1 (all words of one are in the other).
  static double of(String one, String other) {
    Map<String, Double> a = weights(one);
    Map<String, Double> b = weights(other);
    double total = Math.min(sum(a), sum(b));
    if (total == 0) {
      return one.equalsIgnoreCase(other) ? 1 : 0;
    }
    double shared = 0;
    for (var word : a.entrySet()) {
      shared += Math.min(word.getValue(), b.getOrDefault(word.getKey(), 0.0));
    }
    return shared / total;
  }

  private static double sum(Map<String, Double> weights) {
    return weights.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /// The n-th word that is not a stop word weighs 1/n.
  private static Map<String, Double> weights(String description) {
    List<String> words = new ArrayList<>();
    for (String word : NOT_A_WORD.split(description.toLowerCase(Locale.ROOT))) {
      if (!word.isEmpty() && !STOP_WORDS.contains(word)) {
        words.add(word);
      }
    }
    Map<String, Double> weights = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      weights.merge(words.get(i), 1.0 / (i + 1), Math::max);
    }
    return weights;
  }
}
