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
/// @param answers of all videos
/// @param onReuse called when a question need not be asked, because its answer is known
public record VideoSession(
    BatchedModel model,
    String stream,
    List<EncodedPair> pairs,
    List<Double> pairSeconds,
    int maxNewTokens,
    Priority priority,
    AnswerCache answers,
    Runnable onReuse) {

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
    Prompt prompt = Prompt.about(new Part.Video(pairs, pairSeconds), question, maxTokens);
    return answers.answer(
        pairs,
        pairSeconds,
        question,
        maxTokens,
        () -> model.generate(stream, prompt, priority),
        onReuse);
  }
}
