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

  /// A session on a part of the video, which is not encoded again: the pairs that show the span,
  /// and one on either side, because what begins or ends shows in the difference.
  ///
  /// @param fromMicros from the video's first frame
  /// @param untilMicros from the video's first frame, exclusive
  VideoSession around(long fromMicros, long untilMicros) {
    int first = 0;
    while (first + 2 < pairs.size() && pairSeconds.get(first + 2) * 1e6 <= fromMicros) {
      first++;
    }
    int end = pairs.size();
    while (end - 2 > first && pairSeconds.get(end - 2) * 1e6 >= untilMicros) {
      end--;
    }
    double offset = pairSeconds.get(first);
    return new VideoSession(
        model,
        stream,
        pairs.subList(first, end),
        pairSeconds.subList(first, end).stream().map(seconds -> seconds - offset).toList(),
        maxNewTokens,
        priority,
        answers,
        onReuse);
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
