package io.chronoscope.analysis.summary;

import io.chronoscope.analysis.Prompts;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Prompt;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Tells a stretch of a stream from what was told of its parts.
@FunctionalInterface
public interface Summarizer {

  /// A part in the words of the level below, in microseconds from the stream's start.
  record Part(long startMicros, long endMicros, String text) {

    String line() {
      return SummaryText.clock(startMicros) + " - " + SummaryText.clock(endMicros) + ": " + text;
    }
  }

  /// Characters of all parts in one question together. A model with little room is asked with less.
  int MAX_ASKED = 12_000;

  /// Below so many characters a part says too little to be asked about.
  int LEAST_SHARE = 40;

  /// Tokens that a prompt has besides its text, and some to spare.
  int AROUND = 256;

  /// @param parts in order; at least two
  /// @return not blank
  String tell(List<Part> parts);

  /// Without a model: what the parts say, joined.
  static Summarizer joining() {
    return SummaryText::join;
  }

  /// In the model's words; joined where it says nothing, or where it has no room for the question.
  static Summarizer asking(BatchedModel model, int maxNewTokens) {
    // A token is a byte at least, so as many bytes fit in any case.
    long room = (long) model.maxPositions() - maxNewTokens - AROUND;
    return parts ->
        question(parts, room)
            .map(question -> {
              Answer answer =
                  model
                      .generate(Prompt.of(List.of(new Prompt.Part.Text(question)), maxNewTokens))
                      .join();
              String said = answer.text().strip();
              return answer.finished() ? said : SummaryText.upToLastSentence(said);
            })
            .filter(told -> !told.isEmpty())
            .orElseGet(() -> SummaryText.join(parts));
  }

  /// @param room bytes that it may have
  private static Optional<String> question(List<Part> parts, long room) {
    for (int share = Math.max(LEAST_SHARE, MAX_ASKED / parts.size());
        share >= LEAST_SHARE;
        share = share * 3 / 4) {
      int most = share;
      String question =
          Prompts.whole(
              parts.stream().map(part -> SummaryText.clipped(part.line(), most)).toList());
      if (question.getBytes(StandardCharsets.UTF_8).length <= room) {
        return Optional.of(question);
      }
    }
    return Optional.empty();
  }
}
