package io.chronoscope.vlm;

import java.util.List;

/// The model's answer to a [Prompt].
///
/// @param promptTokenIds the whole prompt, one id for each visual token
/// @param tokenIds the generated tokens, with the stop token if one was generated
/// @param text the generated text without special tokens
/// @param end why it ends there
/// @param reusedTokens tokens of the prompt that were computed for an earlier prompt
/// @param drafts tokens that were proposed before the model selected them
/// @param firstLogitsTop the ten highest logits of the first generated position, before any penalty
/// @param pieces the parts of the text, one for each token in it; empty for a model that reports no
///   probabilities
public record Answer(
    List<Integer> promptTokenIds,
    List<Integer> tokenIds,
    String text,
    End end,
    int reusedTokens,
    Drafts drafts,
    List<TokenLogit> firstLogitsTop,
    List<Piece> pieces) {

  /// Why an answer ends.
  public enum End {
    /// The model generated a stop token.
    COMPLETE,
    /// The limit of tokens was reached.
    LIMIT,
    /// It only repeated itself and was cut.
    REPETITION
  }

  /// Draft tokens: what an engine proposed to follow and had verified several at a time, instead of
  /// one token in each step. They cannot change an answer.
  ///
  /// @param accepted how many of those proposed the model selected, too; each of them saved a step
  public record Drafts(int proposed, int accepted) {

    public static final Drafts NONE = new Drafts(0, 0);
  }

  public record TokenLogit(int id, float logit) {}

  /// What one token adds to the text.
  ///
  /// @param untilChar end of it in the text, exclusive
  /// @param logProbability logarithm of its probability, before any penalty
  public record Piece(int untilChar, float logProbability) {}

  public Answer {
    pieces = List.copyOf(pieces);
  }

  /// An answer without drafts, and without the probabilities of its tokens.
  public Answer(
      List<Integer> promptTokenIds,
      List<Integer> tokenIds,
      String text,
      End end,
      int reusedTokens,
      List<TokenLogit> firstLogitsTop) {
    this(promptTokenIds, tokenIds, text, end, reusedTokens, Drafts.NONE, firstLogitsTop, List.of());
  }

  /// Whether the model generated a stop token, rather than reach the limit or repeat itself.
  public boolean finished() {
    return end == End.COMPLETE;
  }

  /// What is wrong with an answer that is not finished.
  public String cut() {
    return switch (end) {
      case COMPLETE -> "complete";
      case LIMIT -> "cut off after " + tokenIds.size() + " tokens";
      case REPETITION -> "cut off after " + tokenIds.size() + " tokens that repeat themselves";
    };
  }
}
