package io.chronoscope.analysis.window;

import io.chronoscope.batching.BatchedModel;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.Prompt.Part;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A video as the model has it before itself: encoded once, to be asked several questions.
///
/// @param pairSeconds time of each pair's first frame, from the first frame of all
/// @param urgency of the questions
public record ModelSession(
    BatchedModel model,
    List<EncodedPair> pairs,
    List<Double> pairSeconds,
    int maxNewTokens,
    BatchedModel.Urgency urgency) {

  public ModelSession {
    pairs = List.copyOf(pairs);
    pairSeconds = List.copyOf(pairSeconds);
  }

  ModelSession(
      BatchedModel model, List<EncodedPair> pairs, List<Double> pairSeconds, int maxNewTokens) {
    this(model, pairs, pairSeconds, maxNewTokens, BatchedModel.Urgency.LIVE);
  }

  CompletableFuture<Answer> ask(String question) {
    return ask(question, maxNewTokens);
  }

  /// @param atMostTokens length of the answer
  CompletableFuture<Answer> ask(String question, int atMostTokens) {
    return model.generate(
        Prompt.of(
            List.of(new Part.Video(pairs, pairSeconds), new Part.Text(question)), atMostTokens),
        urgency);
  }
}
