package io.chronoscope.analysis.question;

import java.time.Duration;

/// What may be asked.
///
/// @param maxRange the longest stretch
/// @param threshold how sure the model must be that it happens, 0 to 1
public record QuestionLimits(Duration maxRange, double threshold) {

  public QuestionLimits {
    if (!maxRange.isPositive()) {
      throw new IllegalArgumentException("the longest stretch is " + maxRange);
    }
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException("threshold is " + threshold + ", not between 0 and 1");
    }
  }
}
