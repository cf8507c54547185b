package io.chronoscope.qwen.decoder;

import java.util.Arrays;

/// Notices when an answer does nothing but repeat itself: its last tokens are one sequence of up to
/// [#LONGEST_PERIOD] tokens, at least [#TIMES] times in a row and over [#LEAST_TOKENS] tokens and
/// more. Greedy decoding hardly ever leaves such a loop, so the answer would go on like that up to
/// its limit.
///
/// The bounds are far from what answers contain on purpose: a rule of dashes, a list of two equal
/// entries, a refrain.
final class Repetition {

  static final int LONGEST_PERIOD = 256;
  static final int TIMES = 4;
  static final int LEAST_TOKENS = 128;

  private int[] tokens = new int[64];
  private int count;

  /// For each period, the number of last tokens that equal the token one period before.
  private final int[] equal = new int[LONGEST_PERIOD + 1];

  /// Adds a token.
  ///
  /// @return whether the answer repeats itself now
  boolean add(int token) {
    if (count == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * count);
    }
    tokens[count] = token;
    boolean repeats = false;
    for (int period = 1; period <= Math.min(LONGEST_PERIOD, count); period++) {
      equal[period] = tokens[count - period] == token ? equal[period] + 1 : 0;
      int inLoop = equal[period] + period;
      repeats |= equal[period] > 0 && inLoop >= Math.max(TIMES * period, LEAST_TOKENS);
    }
    count++;
    return repeats;
  }
}
