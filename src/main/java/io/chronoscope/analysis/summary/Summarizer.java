package io.chronoscope.analysis.summary;

import io.chronoscope.analysis.Prompts;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.Priority;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Prompt;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Summarizes a time range of a stream from the summaries of its parts.
@FunctionalInterface
public interface Summarizer {

  /// The summary of a part, with its time range in microseconds from the stream's start.
  record Part(long startMicros, long endMicros, String text) {

    String line() {
      return SummaryText.clock(startMicros) + " - " + SummaryText.clock(endMicros) + ": " + text;
    }
  }

  /// Maximum length of all parts in a prompt, in characters; less for a model with a short context.
  int MAX_PROMPT_CHARS = 12_000;

  /// A part clipped to fewer characters says too little to be summarized.
  int MIN_PART_CHARS = 40;

  /// Tokens that a prompt has besides its text, with a reserve.
  int OVERHEAD_TOKENS = 256;

  /// @param parts in order; at least two
  /// @return not blank
  String summarize(List<Part> parts);

  /// Joins the parts' texts, without a model.
  static Summarizer joining() {
    return SummaryText::join;
  }

  /// Asks the model and waits for its answer. Joins the parts where the answer is empty, or where
  /// the prompt does not fit the model's context.
  ///
  /// @param stream whose parts these are
  static Summarizer asking(BatchedModel model, String stream, int maxNewTokens) {
    // A token covers at least one byte, so a prompt of so many bytes always fits.
    long maxBytes = (long) model.maxPositions() - maxNewTokens - OVERHEAD_TOKENS;
    return parts ->
        prompt(parts, maxBytes)
            .map(prompt -> {
              Answer answer =
                  model
                      .generate(
                          stream,
                          Prompt.of(List.of(new Prompt.Part.Text(prompt)), maxNewTokens),
                          Priority.LIVE)
                      .join();
              String text = answer.text().strip();
              return answer.finished() ? text : SummaryText.upToLastSentence(text);
            })
            .filter(text -> !text.isEmpty())
            .orElseGet(() -> SummaryText.join(parts));
  }

  /// Clips the parts further and further until the prompt fits; empty when it never does.
  private static Optional<String> prompt(List<Part> parts, long maxBytes) {
    for (int share = Math.max(MIN_PART_CHARS, MAX_PROMPT_CHARS / parts.size());
        share >= MIN_PART_CHARS;
        share = share * 3 / 4) {
      int most = share;
      String prompt =
          Prompts.summary(parts.stream().map(part -> SummaryText.clip(part.line(), most)).toList());
      if (prompt.getBytes(StandardCharsets.UTF_8).length <= maxBytes) {
        return Optional.of(prompt);
      }
    }
    return Optional.empty();
  }
}
