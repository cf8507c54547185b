package io.chronoscope.qwen.decoder;

import java.util.Arrays;
import java.util.Optional;

/// The last tokens of a sequence where they occurred before, with what followed.
///
/// @param tokens in which they occurred; not copied
/// @param count how many of `tokens` there are
/// @param next index of the token that followed
/// @param length how many tokens before it agree, 1 to [#LONGEST]
@SuppressWarnings("ArrayRecordComponent") // a view, not compared
record Ngram(int[] tokens, int count, int next, int length) {

  /// More tokens hardly tell more about what follows.
  static final int LONGEST = 8;

  /// The longest run of `last` tokens that occurs in `tokens` before their end; of several of the
  /// same length, the latest.
  ///
  /// @param last tokens of the sequence, at most [#LONGEST]
  /// @param count how many of `tokens` there are
  static Optional<Ngram> latest(int[] last, int[] tokens, int count) {
    int next = 0;
    int length = 0;
    for (int at = count - 1; at > length && length < last.length; at--) {
      int equal = agreeing(last, tokens, at);
      if (equal > length) {
        next = at;
        length = equal;
      }
    }
    return next == 0 ? Optional.empty() : Optional.of(new Ngram(tokens, count, next, length));
  }

  /// How many tokens before an index are the last ones.
  private static int agreeing(int[] last, int[] tokens, int at) {
    int equal = 0;
    while (equal < last.length
        && equal < at
        && tokens[at - 1 - equal] == last[last.length - 1 - equal]) {
      equal++;
    }
    return equal;
  }

  /// The tokens that followed.
  ///
  /// @param most at most so many
  int[] following(int most) {
    return Arrays.copyOfRange(tokens, next, Math.min(count, next + most));
  }
}
