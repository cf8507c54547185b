package io.chronoscope.analysis.window;

import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.Priority;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FrameHalf;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.Prompt.Part;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// Asks the model questions about one video that was encoded once. Thread-safe.
///
/// @param stream on whose behalf
/// @param pairSeconds time of each pair's first frame, in seconds from the video's first frame
/// @param maxNewTokens most tokens in an answer, unless a question sets its own limit
/// @param priority of all questions
/// @param answers of all videos
/// @param onReuse called when a question need not be asked, because its answer is known
/// @param asked the questions about this video so far: each is asked once
public record VideoSession(
    BatchedModel model,
    String stream,
    List<EncodedPair> pairs,
    List<Double> pairSeconds,
    int maxNewTokens,
    Priority priority,
    AnswerCache answers,
    Runnable onReuse,
    Map<Asked, CompletableFuture<Answer>> asked) {

  /// A question about the video.
  record Asked(String question, int maxTokens) {}

  public VideoSession {
    pairs = List.copyOf(pairs);
    pairSeconds = List.copyOf(pairSeconds);
  }

  /// A session in which nothing was asked yet.
  public VideoSession(
      BatchedModel model,
      String stream,
      List<EncodedPair> pairs,
      List<Double> pairSeconds,
      int maxNewTokens,
      Priority priority,
      AnswerCache answers,
      Runnable onReuse) {
    this(
        model,
        stream,
        pairs,
        pairSeconds,
        maxNewTokens,
        priority,
        answers,
        onReuse,
        new ConcurrentHashMap<>());
  }

  /// A session on one half of the picture, which is not encoded again.
  VideoSession half(FrameHalf half) {
    return over(pairs.stream().map(pair -> pair.half(half)).toList(), pairSeconds);
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
    return over(
        pairs.subList(first, end),
        pairSeconds.subList(first, end).stream().map(seconds -> seconds - offset).toList());
  }

  /// The same session on another video, about which nothing was asked yet.
  private VideoSession over(List<EncodedPair> otherPairs, List<Double> otherSeconds) {
    return new VideoSession(
        model, stream, otherPairs, otherSeconds, maxNewTokens, priority, answers, onReuse);
  }

  /// Returns without waiting for the answer.
  CompletableFuture<Answer> ask(String question) {
    return ask(question, maxNewTokens);
  }

  /// Returns without waiting for the answer.
  ///
  /// @param maxTokens most tokens in the answer
  CompletableFuture<Answer> ask(String question, int maxTokens) {
    return asked.computeIfAbsent(
        new Asked(question, maxTokens),
        first ->
            answers.answer(
                pairs, pairSeconds, question, maxTokens, () -> generate(first), onReuse));
  }

  private CompletableFuture<Answer> generate(Asked one) {
    return model.generate(
        stream,
        Prompt.about(new Part.Video(pairs, pairSeconds), one.question(), one.maxTokens()),
        priority);
  }
}
