package io.chronoscope.domain;

import java.util.OptionalDouble;

/// How far the model's answer behind a result can be relied on.
///
/// @param confidence that the result is true, 0 to 1, from the model's token probabilities; for a
///   checkpoint with a calibration it is the share of such results that are true. Empty if the
///   model gives none
/// @param repaired whether the answer had another form than the expected one, with a meaning that
///   is certain
public record Certainty(OptionalDouble confidence, boolean repaired) {

  /// An answer in the expected form, without a confidence.
  public static final Certainty UNSTATED = new Certainty(OptionalDouble.empty(), false);

  public Certainty {
    if (confidence.isPresent()
        && !(confidence.getAsDouble() >= 0 && confidence.getAsDouble() <= 1)) {
      throw new IllegalArgumentException(
          "confidence is " + confidence.getAsDouble() + ", not between 0 and 1");
    }
  }

  /// The same answer with this confidence, to three decimals: the next ones depend on which prompts
  /// the model computed together.
  public Certainty withConfidence(double known) {
    return new Certainty(OptionalDouble.of(Math.round(known * 1000) / 1000.0), repaired);
  }

  /// The same confidence, from an answer that was repaired if one of both was.
  public Certainty orRepaired(boolean other) {
    return new Certainty(confidence, repaired || other);
  }
}
