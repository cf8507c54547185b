package io.chronoscope.analysis;

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
record ModelSession(
    BatchedModel model, List<EncodedPair> pairs, List<Double> pairSeconds, int maxNewTokens) {

  ModelSession {
    pairs = List.copyOf(pairs);
    pairSeconds = List.copyOf(pairSeconds);
  }

  CompletableFuture<Answer> ask(String question) {
    return model.generate(
        Prompt.of(
            List.of(new Part.Video(pairs, pairSeconds), new Part.Text(question)), maxNewTokens));
  }
}
