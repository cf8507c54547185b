package io.chronoscope.analysis.event;

import io.chronoscope.analysis.Prompts;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.vlm.Prompt;
import java.util.List;

/// Tells whether two descriptions speak of the same, where their words alone do not: "A man crosses
/// the street." and "The pedestrian reaches the other side."
@FunctionalInterface
public interface SemanticMatcher {

  /// Like words or nothing.
  SemanticMatcher OF_WORDS_ONLY = (one, other) -> false;

  int ANSWER_TOKENS = 1;

  boolean isSame(String one, String other);

  /// The model that worded them judges, by its probability of yes.
  static SemanticMatcher asking(BatchedModel model) {
    return (one, other) ->
        model
                .yesNoTokens()
                .yesShare(
                    model
                        .generate(
                            Prompt.of(
                                List.of(new Prompt.Part.Text(Prompts.same(one, other))),
                                ANSWER_TOKENS))
                        .join())
                .orElse(0)
            > 0.5;
  }
}
