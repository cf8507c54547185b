package io.chronoscope.qwen;

import io.chronoscope.qwen.decoder.StepBatch;
import io.chronoscope.qwen.decoder.StepSequence;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Decoding;
import io.chronoscope.vlm.Prompt;

/// The port's view of a [StepBatch].
final class QwenDecoding implements Decoding {

  private final Qwen25Vl model;
  private final StepBatch batch;

  QwenDecoding(Qwen25Vl model, StepBatch batch) {
    this.model = model;
    this.batch = batch;
  }

  private record Started(Qwen25Vl model, StepSequence sequence) implements InProgress {

    @Override
    public boolean isPrefilled() {
      return sequence.isPrefilled();
    }

    @Override
    public boolean hasEnded() {
      return sequence.hasEnded();
    }

    @Override
    public int generatedTokens() {
      return sequence.generatedTokens();
    }

    @Override
    public Answer answer() {
      sequence
          .failure()
          .ifPresent(failure -> {
            throw failure;
          });
      return model.answer(sequence.request().prompt(), sequence.decoded());
    }
  }

  private static StepSequence sequence(InProgress prompt) {
    return ((Started) prompt).sequence();
  }

  @Override
  public InProgress start(Prompt prompt) {
    return model.whileOpen(() -> new Started(model, batch.start(model.request(prompt))));
  }

  @Override
  public int prefill(InProgress prompt) {
    return model.whileOpen(() -> batch.prefill(sequence(prompt)));
  }

  @Override
  public void decode() {
    model.whileOpen(() -> {
      batch.decode();
      return batch;
    });
  }

  @Override
  public void abandon(InProgress prompt) {
    batch.remove(sequence(prompt));
  }

  @Override
  public void close() {
    batch.close();
  }
}
