package io.chronoscope.analysis.event;

import io.chronoscope.analysis.Prompts;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.Priority;
import io.chronoscope.vlm.Prompt;
import java.util.List;

/// Decides whether two descriptions mean the same event although their words differ: "A man crosses
/// the street." and "The pedestrian reaches the other side."
@FunctionalInterface
public interface SemanticMatcher {

  /// Never: only similar words match.
  SemanticMatcher OF_WORDS_ONLY = (one, other) -> false;

  int ANSWER_TOKENS = 1;

  boolean isSame(String one, String other);

  /// Asks the model that wrote the descriptions, and takes its probability of yes. Waits for the
  /// answer.
  ///
  /// @param stream whose descriptions these are
  static SemanticMatcher asking(BatchedModel model, String stream) {
    return (one, other) ->
        model
                .yesNoTokens()
                .yesShare(
                    model
                        .generate(
                            stream,
                            Prompt.of(
                                List.of(new Prompt.Part.Text(Prompts.sameEvent(one, other))),
                                ANSWER_TOKENS),
                            Priority.LIVE)
                        .join())
                .orElse(0)
            > 0.5;
  }
}
