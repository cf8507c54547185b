package io.chronoscope.domain;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Guesses what a mistyped name was meant to be.
public final class Spelling {

  private static final int MIN_EDITS = 2;

  /// Characters of a name for each edit that is allowed.
  private static final int CHARACTERS_PER_EDIT = 4;

  private Spelling() {}

  /// The known name that is closest to a mistyped one; empty if none is close: a name may differ in
  /// two characters, a long one in every fourth.
  public static Optional<String> nearest(String mistyped, Collection<String> known) {
    int allowed = Math.max(MIN_EDITS, mistyped.length() / CHARACTERS_PER_EDIT);
    return known.stream()
        .filter(one -> edits(mistyped, one) <= Math.min(allowed, one.length() - 1))
        .min(
            Comparator.comparingInt((String one) -> edits(mistyped, one))
                .thenComparing(Comparator.naturalOrder()));
  }

  /// Levenshtein distance.
  private static int edits(String one, String other) {
    int[] before = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] now = new int[other.length() + 1];
      now[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int substituted = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        now[j] = Math.min(substituted, Math.min(before[j], now[j - 1]) + 1);
      }
      before = now;
    }
    return before[other.length()];
  }
}
