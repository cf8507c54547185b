package io.chronoscope.search.query;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;

/// Verbs that together with `up` or `down` mean no movement: who turns up does not move up. The
/// list is in `phrasal-verbs.txt`.
final class PhrasalVerbs {

  static final PhrasalVerbs ENGLISH = load("phrasal-verbs.txt");

  /// By particle.
  private final Map<String, Set<String>> verbs;

  private PhrasalVerbs(Map<String, Set<String>> verbs) {
    this.verbs = verbs;
  }

  private static PhrasalVerbs load(String file) {
    Map<String, Set<String>> verbs = new HashMap<>();
    for (String line : WordList.lines(file)) {
      String[] parts = line.split(":\\s*", 2);
      verbs.put(parts[0], Set.of(parts[1].split(",\\s*")));
    }
    return new PhrasalVerbs(verbs);
  }

  /// Whether a word belongs to the verb before it and says no direction.
  ///
  /// @param words in lower case
  boolean isParticle(List<String> words, int at) {
    Set<String> some = verbs.getOrDefault(words.get(at), Set.of());
    return at > 0
        && !some.isEmpty()
        && WordAnalysis.terms(words.get(at - 1)).stream().anyMatch(some::contains);
  }

  /// The text without such verbs and their particles, whose words on their own mislead.
  String without(String text) {
    List<MatchResult> found = Contrasts.WORD.matcher(text).results().toList();
    List<String> words = found.stream().map(word -> word.group().toLowerCase(Locale.ROOT)).toList();
    StringBuilder rest = new StringBuilder();
    int from = 0;
    for (int at = 1; at < words.size(); at++) {
      if (isParticle(words, at)) {
        rest.append(text, from, found.get(at - 1).start());
        from = found.get(at).end();
      }
    }
    return rest.append(text, from, text.length()).toString();
  }
}
