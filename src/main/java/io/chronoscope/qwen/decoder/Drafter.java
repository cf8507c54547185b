package io.chronoscope.qwen.decoder;

import io.chronoscope.vlm.Answer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/// Proposes draft tokens for one sequence: what followed its last tokens where they occurred
/// before, in its own text or in a recent answer. No proposal can change an answer, since a draft
/// token counts only where the model selects it (Leviathan et al., arXiv 2211.17192, for greedy
/// decoding; drafts by lookup as in Saxena, "Prompt Lookup Decoding", 2023). Used by one thread.
///
/// Drafts that are not accepted cost little, and less each time: a step that verifies some and
/// accepts none halves the number of draft tokens of the next one, down to one; a step that accepts
/// any restores it.
final class Drafter {

  private final int longest;
  private final RecentAnswers recent;

  /// Of the prompt without its visual tokens, then of the answer.
  private int[] text;

  private final int promptTokens;
  private int count;
  private int limit;
  private int proposed;
  private int accepted;

  /// @param longest draft tokens in one proposal at most; 0 for none ever
  /// @param promptText the prompt without its visual tokens; not copied
  Drafter(int longest, int[] promptText, RecentAnswers recent) {
    this.longest = longest;
    this.limit = longest;
    this.recent = recent;
    this.text = promptText;
    this.promptTokens = promptText.length;
    this.count = promptText.length;
  }

  boolean isOn() {
    return longest > 0;
  }

  /// Adds a token of the answer.
  void add(int token) {
    if (!isOn()) {
      return;
    }
    if (count == text.length) {
      text = Arrays.copyOf(text, Math.max(64, 2 * count));
    }
    text[count++] = token;
  }

  /// Proposes tokens to follow.
  ///
  /// @param most at most; may be 0
  /// @return empty where the last token is new
  int[] propose(int most) {
    int tokens = Math.min(limit, most);
    if (tokens <= 0) {
      return new int[0];
    }
    int[] last = Arrays.copyOfRange(text, Math.max(0, count - Ngram.LONGEST), count);
    Optional<Ngram> own = Ngram.latest(last, text, count);
    Optional<Ngram> other = recent.latest(last);
    return Stream.of(own, other)
        .flatMap(Optional::stream)
        .reduce((first, second) -> second.length() > first.length() ? second : first)
        .map(ngram -> ngram.following(tokens))
        .orElseGet(() -> new int[0]);
  }

  /// Takes note of how many tokens of a proposal were right.
  ///
  /// @param drafts tokens of the proposal; may be 0
  /// @param right how many of them, from the first on
  void verified(int drafts, int right) {
    if (drafts == 0) {
      return;
    }
    proposed += drafts;
    accepted += right;
    limit = right > 0 ? longest : Math.max(1, limit / 2);
  }

  /// Draft tokens so far.
  Answer.Drafts drafts() {
    return new Answer.Drafts(proposed, accepted);
  }

  /// Keeps the complete answer for the drafts of others.
  void end() {
    if (count - promptTokens > 1) {
      // With the end of the prompt, so that its beginning can be found, too.
      recent.add(Arrays.copyOfRange(text, Math.max(0, promptTokens - Ngram.LONGEST), count));
    }
  }
}
