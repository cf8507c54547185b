package io.chronoscope.analysis.window;

import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.Priority;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.Prompt.Part;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Asks the model questions about one video that was encoded once. Thread-safe.
///
/// @param stream on whose behalf
/// @param pairSeconds time of each pair's first frame, in seconds from the video's first frame
/// @param maxNewTokens most tokens in an answer, unless a question sets its own limit
/// @param priority of all questions
public record VideoSession(
    BatchedModel model,
    String stream,
    List<EncodedPair> pairs,
    List<Double> pairSeconds,
    int maxNewTokens,
    Priority priority) {

  public VideoSession {
    pairs = List.copyOf(pairs);
    pairSeconds = List.copyOf(pairSeconds);
  }

  /// Returns without waiting for the answer.
  CompletableFuture<Answer> ask(String question) {
    return ask(question, maxNewTokens);
  }

  /// Returns without waiting for the answer.
  ///
  /// @param maxTokens most tokens in the answer
  CompletableFuture<Answer> ask(String question, int maxTokens) {
    return model.generate(
        stream, Prompt.about(new Part.Video(pairs, pairSeconds), question, maxTokens), priority);
  }
}
