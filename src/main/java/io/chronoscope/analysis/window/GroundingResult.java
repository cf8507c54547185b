package io.chronoscope.analysis.window;

import io.chronoscope.analysis.window.EventAnswer.Told;
import java.util.Optional;

/// What a [TemporalGrounder] found of one query in one video.
///
/// @param score how sure the model is that it happens, 0 to 1
/// @param happens whether that is sure enough
/// @param when it happens, in microseconds from the first frame that the model was shown; empty
///   when it does not, or when the model did not say when in a form that can be read
/// @param problem what could not be used of the model's answers
public record GroundingResult(
    double score, boolean happens, Optional<Told> when, Optional<String> problem) {

  public GroundingResult {
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException("score is " + score);
    }
    if (when.isPresent() && !happens) {
      throw new IllegalArgumentException("told when it happens although it does not");
    }
  }
}
