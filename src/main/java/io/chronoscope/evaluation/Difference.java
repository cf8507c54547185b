package io.chronoscope.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// How one telling of what happened differs from another.
///
/// @param was empty when it is new
/// @param is empty when it is missing
/// @param startByMs how much later it begins; 0 unless it is in both
/// @param endByMs how much later it ends; 0 unless it is in both
public record Difference(
    Kind kind, Optional<Told> was, Optional<Told> is, long startByMs, long endByMs) {

  public enum Kind {
    /// At the same time, as far as either was looked at closely enough to tell.
    SAME,
    MOVED,
    NEW,
    MISSING
  }

  /// Something that was told.
  ///
  /// @param about only what is about the same is compared: a rule's id, or that it is an event
  /// @param startMs since the epoch
  /// @param toleranceMs how far its bounds may be off
  public record Told(
      String id,
      String stream,
      String about,
      String description,
      long startMs,
      long endMs,
      long toleranceMs) {}

  private static final Pattern NOT_A_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  /// What overlaps is worth something even if it shares few words, so that a change of words is not
  /// taken for another event; but words decide among several at one time.
  private static final double LEAST_LIKENESS = 0.3;

  /// The one told last, if there is one; else the other.
  public Told told() {
    return is.or(() -> was).orElseThrow();
  }

  /// Pairs what was told with what is told now, each with at most one, so that temporal IoU,
  /// weighed with the words they share, is greatest over all.
  ///
  /// @return by stream and time
  public static List<Difference> between(List<Told> before, List<Told> now) {
    double[][] gain = new double[before.size()][now.size()];
    for (int i = 0; i < before.size(); i++) {
      for (int j = 0; j < now.size(); j++) {
        gain[i][j] = gain(before.get(i), now.get(j));
      }
    }
    int[] nowOf = before.isEmpty() || now.isEmpty() ? new int[0] : Assignment.of(gain);
    Set<Integer> taken = new HashSet<>();
    List<Difference> differences = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      int j = nowOf.length == 0 ? -1 : nowOf[i];
      if (j < 0) {
        differences.add(
            new Difference(Kind.MISSING, Optional.of(before.get(i)), Optional.empty(), 0, 0));
      } else {
        taken.add(j);
        differences.add(both(before.get(i), now.get(j)));
      }
    }
    for (int j = 0; j < now.size(); j++) {
      if (!taken.contains(j)) {
        differences.add(new Difference(Kind.NEW, Optional.empty(), Optional.of(now.get(j)), 0, 0));
      }
    }
    differences.sort(
        Comparator.comparing((Difference one) -> one.told().stream())
            .thenComparingLong(one -> one.told().startMs())
            .thenComparing(one -> one.told().description()));
    return differences;
  }

  private static Difference both(Told was, Told is) {
    return new Difference(
        isWithinTolerance(was, is) ? Kind.SAME : Kind.MOVED,
        Optional.of(was),
        Optional.of(is),
        is.startMs() - was.startMs(),
        is.endMs() - was.endMs());
  }

  private static boolean isWithinTolerance(Told was, Told is) {
    long slack = Math.max(was.toleranceMs(), is.toleranceMs());
    return Math.abs(is.startMs() - was.startMs()) <= slack
        && Math.abs(is.endMs() - was.endMs()) <= slack;
  }

  private static double gain(Told was, Told is) {
    if (!was.stream().equals(is.stream()) || !was.about().equals(is.about())) {
      return 0;
    }
    double time =
        isWithinTolerance(was, is)
            ? 1
            : TemporalIou.of(was.startMs(), was.endMs(), is.startMs(), is.endMs());
    return time * Math.max(LEAST_LIKENESS, likeness(was.description(), is.description()));
  }

  /// Shared words over all words.
  private static double likeness(String one, String other) {
    Set<String> words = words(one);
    Set<String> all = new HashSet<>(words);
    Set<String> others = words(other);
    all.addAll(others);
    words.retainAll(others);
    return all.isEmpty() ? 1 : (double) words.size() / all.size();
  }

  private static Set<String> words(String text) {
    return NOT_A_WORD
        .splitAsStream(text.toLowerCase(Locale.ROOT))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toCollection(HashSet::new));
  }
}
