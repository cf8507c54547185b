package io.chronoscope.vlm;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

/// The tokens that start a model's answer when it says yes, and when it says no. A token that may
/// start both is ambiguous and in neither set.
public record YesNoTokens(Set<Integer> yes, Set<Integer> no) {

  private static final List<String> YES = List.of("Yes", "yes", "YES", " Yes", " yes");
  private static final List<String> NO = List.of("No", "no", "NO", " No", " no");

  public YesNoTokens {
    Set<Integer> yesOnly = new HashSet<>(yes);
    yesOnly.removeAll(no);
    Set<Integer> noOnly = new HashSet<>(no);
    noOnly.removeAll(yes);
    yes = Set.copyOf(yesOnly);
    no = Set.copyOf(noOnly);
  }

  /// The tokens for a tokenizer.
  ///
  /// @param encode text to token ids
  public static YesNoTokens of(Function<String, int[]> encode) {
    return new YesNoTokens(firstTokens(YES, encode), firstTokens(NO, encode));
  }

  private static Set<Integer> firstTokens(List<String> words, Function<String, int[]> encode) {
    Set<Integer> first = new HashSet<>();
    for (String word : words) {
      first.add(encode.apply(word)[0]);
    }
    return first;
  }

  /// The share of yes in the probability of yes and no, 0 to 1: `P(yes) / (P(yes) + P(no))` at the
  /// answer's first position.
  ///
  /// @return empty when none of the tokens is among the ten most likely ones
  public OptionalDouble yesShare(Answer answer) {
    double highest =
        answer.firstLogitsTop().stream().mapToDouble(Answer.TokenLogit::logit).max().orElse(0);
    double forYes = 0;
    double forNo = 0;
    for (Answer.TokenLogit token : answer.firstLogitsTop()) {
      double weight = Math.exp(token.logit() - highest);
      if (yes.contains(token.id())) {
        forYes += weight;
      } else if (no.contains(token.id())) {
        forNo += weight;
      }
    }
    double both = forYes + forNo;
    return both > 0 ? OptionalDouble.of(forYes / both) : OptionalDouble.empty();
  }
}
