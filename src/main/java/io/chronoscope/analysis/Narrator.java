package io.chronoscope.analysis;

import io.chronoscope.batching.BatchedModel;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Prompt;
import java.util.List;

/// Tells a stretch of a stream from what was told of its parts.
@FunctionalInterface
interface Narrator {

  /// A part in the words of the level below, in microseconds from the stream's start.
  record Part(long startMicros, long endMicros, String text) {

    String line() {
      return Retelling.clock(startMicros) + " - " + Retelling.clock(endMicros) + ": " + text;
    }
  }

  /// Characters of all parts in one question together, so that sixty minutes fit into any
  /// checkpoint's context.
  int MAX_ASKED = 12_000;

  /// @param parts in order; at least two
  /// @return not blank
  String tell(List<Part> parts);

  /// Without a model: what the parts say, joined.
  static Narrator joining() {
    return Retelling::join;
  }

  /// In the model's words; joined where it says nothing.
  static Narrator asking(BatchedModel model, int maxNewTokens) {
    return parts -> {
      int share = Math.max(40, MAX_ASKED / parts.size());
      List<String> lines =
          parts.stream().map(part -> Retelling.clipped(part.line(), share)).toList();
      Answer answer =
          model
              .generate(
                  Prompt.of(List.of(new Prompt.Part.Text(Prompts.whole(lines))), maxNewTokens))
              .join();
      String said = answer.text().strip();
      String told = answer.finished() ? said : Retelling.upToLastSentence(said);
      return told.isEmpty() ? Retelling.join(parts) : told;
    };
  }
}
