package io.chronoscope.analysis.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Whether two descriptions speak of the same thing. WindowSequence word the same event differently
/// ("A red circle appears." where only its beginning was seen, "A red circle moves left." in the
/// next), but descriptions lead with their subject; so words count less the later they stand, and
/// what is shared is held against the shorter description.
final class TextSimilarity {

  /// From here on two descriptions are taken for the same.
  static final double SAME = 0.8;

  private static final Pattern NOT_A_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");
  private static final Set<String> EMPTY_WORDS =
      Set.of(
          "a", "an", "the", "is", "are", "was", "were", "of", "in", "on", "at", "to", "and", "with",
          "it", "its", "then", "there");

  private TextSimilarity() {}

  /// 0 (nothing shared) to 1 (one says nothing that the other does not).
  static double likeness(String one, String other) {
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

  /// The n-th word that says something weighs 1/n.
  private static Map<String, Double> weights(String description) {
    List<String> words = new ArrayList<>();
    for (String word : NOT_A_WORD.split(description.toLowerCase(Locale.ROOT))) {
      if (!word.isEmpty() && !EMPTY_WORDS.contains(word)) {
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
