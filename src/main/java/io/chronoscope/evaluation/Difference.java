package io.chronoscope.evaluation;

import io.chronoscope.domain.TemporalIou;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One difference, or agreement, between two analyses of the same video.
///
/// @param before as found by the earlier analysis; empty when it is new
/// @param after as found by the later analysis; empty when it is missing
/// @param startShiftMs how much later it starts after than before; 0 unless both found it
/// @param endShiftMs how much later it ends after than before; 0 unless both found it
public record Difference(
    Kind kind,
    Optional<Detection> before,
    Optional<Detection> after,
    long startShiftMs,
    long endShiftMs) {

  public enum Kind {
    /// Both found it, with the same bounds within the tolerance of the sampling.
    SAME,
    /// Both found it, with different bounds.
    MOVED,
    /// Only the later analysis found it.
    NEW,
    /// Only the earlier analysis found it.
    MISSING
  }

  /// An event or alert that an analysis found.
  ///
  /// @param about a rule's id, or a constant for events; only detections with an equal value are
  ///   compared
  /// @param startMs since the epoch
  /// @param endMs since the epoch
  /// @param toleranceMs how far the bounds may be off
  public record Detection(
      String id,
      String stream,
      String about,
      String description,
      long startMs,
      long endMs,
      long toleranceMs) {}

  private static final Pattern NOT_A_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  /// Detections that overlap can match even when they share few words, so that a reworded
  /// description does not count as another event. Among several at one time the words decide.
  private static final double MIN_SIMILARITY = 0.3;

  /// Returns the later detection if there is one, else the earlier one.
  public Detection latest() {
    return after.or(() -> before).orElseThrow();
  }

  /// Matches detections one to one so that the sum of their temporal IoU, weighted by the words
  /// they share, is maximal.
  ///
  /// @return in order of stream, start and description
  public static List<Difference> between(List<Detection> before, List<Detection> after) {
    double[][] gain = new double[before.size()][after.size()];
    for (int i = 0; i < before.size(); i++) {
      for (int j = 0; j < after.size(); j++) {
        gain[i][j] = gain(before.get(i), after.get(j));
      }
    }
    int[] matchOf = before.isEmpty() || after.isEmpty() ? new int[0] : Assignment.of(gain);
    Set<Integer> matched = new HashSet<>();
    List<Difference> differences = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      int j = matchOf.length == 0 ? -1 : matchOf[i];
      if (j < 0) {
        differences.add(
            new Difference(Kind.MISSING, Optional.of(before.get(i)), Optional.empty(), 0, 0));
      } else {
        matched.add(j);
        differences.add(matched(before.get(i), after.get(j)));
      }
    }
    for (int j = 0; j < after.size(); j++) {
      if (!matched.contains(j)) {
        differences.add(
            new Difference(Kind.NEW, Optional.empty(), Optional.of(after.get(j)), 0, 0));
      }
    }
    differences.sort(
        Comparator.comparing((Difference one) -> one.latest().stream())
            .thenComparingLong(one -> one.latest().startMs())
            .thenComparing(one -> one.latest().description()));
    return differences;
  }

  private static Difference matched(Detection before, Detection after) {
    return new Difference(
        isWithinTolerance(before, after) ? Kind.SAME : Kind.MOVED,
        Optional.of(before),
        Optional.of(after),
        after.startMs() - before.startMs(),
        after.endMs() - before.endMs());
  }

  private static boolean isWithinTolerance(Detection before, Detection after) {
    long tolerance = Math.max(before.toleranceMs(), after.toleranceMs());
    return Math.abs(after.startMs() - before.startMs()) <= tolerance
        && Math.abs(after.endMs() - before.endMs()) <= tolerance;
  }

  private static double gain(Detection before, Detection after) {
    if (!before.stream().equals(after.stream()) || !before.about().equals(after.about())) {
      return 0;
    }
    double overlap =
        isWithinTolerance(before, after)
            ? 1
            : TemporalIou.of(before.startMs(), before.endMs(), after.startMs(), after.endMs());
    return overlap
        * Math.max(MIN_SIMILARITY, similarity(before.description(), after.description()));
  }

  /// Jaccard similarity of the two sets of words.
  private static double similarity(String one, String other) {
    Set<String> shared = words(one);
    Set<String> others = words(other);
    Set<String> all = new HashSet<>(shared);
    all.addAll(others);
    shared.retainAll(others);
    return all.isEmpty() ? 1 : (double) shared.size() / all.size();
  }

  private static Set<String> words(String text) {
    return NOT_A_WORD
        .splitAsStream(text.toLowerCase(Locale.ROOT))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toCollection(HashSet::new));
  }
}
