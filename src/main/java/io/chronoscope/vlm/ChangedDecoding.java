package io.chronoscope.vlm;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// A [Decoding] of changed prompts, whose answers are passed on as well.
record ChangedDecoding(Decoding decoding, UnaryOperator<Prompt> change, Consumer<Answer> observer)
    implements Decoding {

  private record Observed(InProgress prompt, Consumer<Answer> observer) implements InProgress {

    @Override
    public boolean isPrefilled() {
      return prompt.isPrefilled();
    }

    @Override
    public boolean hasEnded() {
      return prompt.hasEnded();
    }

    @Override
    public int generatedTokens() {
      return prompt.generatedTokens();
    }

    @Override
    public Answer answer() {
      Answer answer = prompt.answer();
      observer.accept(answer);
      return answer;
    }
  }

  @Override
  public InProgress start(Prompt prompt) {
    return new Observed(decoding.start(change.apply(prompt)), observer);
  }

  @Override
  public int prefill(InProgress prompt) {
    return decoding.prefill(((Observed) prompt).prompt());
  }

  @Override
  public void decode() {
    decoding.decode();
  }

  @Override
  public void abandon(InProgress prompt) {
    decoding.abandon(((Observed) prompt).prompt());
  }

  @Override
  public void close() {
    decoding.close();
  }
}
