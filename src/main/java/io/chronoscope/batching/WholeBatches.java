package io.chronoscope.batching;

import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.VideoLanguageModel;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A [PromptQueue] for a model that answers whole batches only.
final class WholeBatches implements PromptQueue {

  /// Upper bound on the tokens of a short answer.
  private static final int SHORT_TOKENS = 4;

  /// Short answers share batches with each other only, so that they do not wait for answers of
  /// hundreds of tokens.
  private enum AnswerLength {
    SHORT,
    LONG;

    static AnswerLength of(Prompt prompt) {
      return prompt.maxNewTokens() <= SHORT_TOKENS ? SHORT : LONG;
    }
  }

  private final Batcher<AnswerLength, Prompt, Answer> batcher;

  WholeBatches(VideoLanguageModel model, BatchLimits limits, BatchListener listener) {
    this.batcher =
        new Batcher<>(
            "decoder",
            limits,
            (length, prompts) -> generate(model, prompts, listener),
            listener::decoderBatch);
  }

  private static List<Answer> generate(
      VideoLanguageModel model, List<Prompt> prompts, BatchListener listener) {
    List<Answer> answers = model.generate(prompts);
    answers.forEach(listener::promptAnswered);
    return answers;
  }

  @Override
  public CompletableFuture<Answer> submit(String stream, Prompt prompt, Priority priority) {
    return batcher.submit(AnswerLength.of(prompt), stream, prompt, priority);
  }

  @Override
  public void close() {
    batcher.close();
  }
}
