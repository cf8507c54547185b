package io.chronoscope.vlm;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Prompts that a model answers step by step, so that they join and leave at any time. A prompt is
/// computed part by part, then it generates a token or more in each [#decode] until it has ended.
/// Used by one thread, which may differ from those that use the model.
public interface Decoding extends AutoCloseable {

  /// A prompt that was started.
  interface InProgress {

    /// Whether the prompt is computed, so that its answer is being generated.
    boolean isPrefilled();

    /// Whether the answer is complete, or this prompt failed.
    boolean hasEnded();

    /// Number of generated tokens so far.
    int generatedTokens();

    /// The answer, once it has ended.
    ///
    /// @throws RuntimeException what ended this prompt alone
    Answer answer();
  }

  /// Starts a prompt; nothing is computed yet.
  ///
  /// @throws IllegalArgumentException when the model cannot take this prompt
  InProgress start(Prompt prompt);

  /// Computes the next part of a prompt that is not prefilled. With the last part the first token
  /// is generated.
  ///
  /// @return tokens computed
  int prefill(InProgress prompt);

  /// Takes a step for each prompt that is prefilled and has not ended: one more token, or several
  /// that the model verifies at once.
  void decode();

  /// Gives up a prompt that has not ended.
  void abandon(InProgress prompt);

  /// Gives up all prompts.
  @Override
  void close();

  /// The same with other prompts.
  default Decoding withPrompts(UnaryOperator<Prompt> change) {
    return new ChangedDecoding(this, change, answer -> {});
  }

  /// The same, which also passes on each answer that is read.
  default Decoding observing(Consumer<Answer> observer) {
    return new ChangedDecoding(this, UnaryOperator.identity(), observer);
  }
}
