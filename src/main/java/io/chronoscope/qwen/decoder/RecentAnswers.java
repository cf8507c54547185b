package io.chronoscope.qwen.decoder;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/// Tokens of a decoder's recent answers, as a source of draft tokens. Bounded; the least recently
/// used answers are evicted. Thread-safe.
///
/// Some thousand tokens are searched from end to end in microseconds, so there is no index.
final class RecentAnswers {

  /// Some hundred lists of events.
  static final int MAX_TOKENS = 16_384;

  private final int maxTokens;

  /// The one used last comes first.
  private final Deque<int[]> answers = new ArrayDeque<>();

  private int tokens;

  /// @param maxTokens of all answers
  RecentAnswers(int maxTokens) {
    this.maxTokens = maxTokens;
  }

  /// Adds an answer, unless it is longer than the bound.
  ///
  /// @param answer not copied
  synchronized void add(int[] answer) {
    if (answer.length > maxTokens) {
      return;
    }
    if (answers.removeIf(other -> Arrays.equals(other, answer))) {
      tokens -= answer.length;
    }
    answers.addFirst(answer);
    tokens += answer.length;
    while (tokens > maxTokens) {
      tokens -= answers.removeLast().length;
    }
  }

  /// Where the last tokens of a sequence occurred; of several places with equally many of them, the
  /// one in the answer used last.
  synchronized Optional<Ngram> latest(int[] last) {
    Optional<Ngram> best = Optional.empty();
    for (int[] answer : answers) {
      int atLeast = best.map(Ngram::length).orElse(0);
      if (atLeast == last.length) {
        break;
      }
      Optional<Ngram> here =
          Ngram.latest(last, answer, answer.length).filter(ngram -> ngram.length() > atLeast);
      best = here.isPresent() ? here : best;
    }
    best.ifPresent(used -> {
      answers.removeFirstOccurrence(used.tokens());
      answers.addFirst(used.tokens());
    });
    return best;
  }

  /// Tokens of all answers.
  synchronized int tokens() {
    return tokens;
  }
}
