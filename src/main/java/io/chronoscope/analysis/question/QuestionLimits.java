package io.chronoscope.analysis.question;

import java.time.Duration;

/// Limits and threshold for questions.
///
/// @param maxRange longest time range that a question may ask about
/// @param threshold score from which on something counts as happening, 0 to 1
public record QuestionLimits(Duration maxRange, double threshold) {

  public QuestionLimits {
    if (!maxRange.isPositive()) {
      throw new IllegalArgumentException("maxRange is " + maxRange + ", not positive");
    }
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException("threshold is " + threshold + ", not between 0 and 1");
    }
  }
}
