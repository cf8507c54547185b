package io.chronoscope.domain;

import java.util.OptionalDouble;

/// How far the model's answer behind a result can be relied on.
///
/// @param confidence how sure the model is that the result is true, 0 to 1, from its token
///   probabilities; not calibrated. Empty if the model was not asked whether it is true
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

  /// The same confidence, from an answer that was repaired if one of both was.
  public Certainty orRepaired(boolean other) {
    return new Certainty(confidence, repaired || other);
  }
}
