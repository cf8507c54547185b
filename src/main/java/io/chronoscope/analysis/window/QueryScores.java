package io.chronoscope.analysis.window;

import io.chronoscope.vlm.Calibration;

/// How sure the model is of a query, by each of the questions about it.
///
/// @param whether probability that it happens in the whole video
/// @param span probability that it happens in the span
/// @param half probability that it happens in the half of the picture that the query names, against
///   the other half; 0.5 if it names none
record QueryScores(double whether, double span, double half) {

  /// The best that is possible when only the first question was answered.
  static QueryScores upTo(double whether) {
    return new QueryScores(whether, 1, 1);
  }

  /// From 0 to 1; of a checkpoint without a calibration it is the smallest of the scores.
  double confidence(Calibration calibration) {
    return calibration
        .queries()
        .map(fitted -> fitted.confidence(whether, span, half))
        .orElse(Math.min(whether, half == 0.5 ? span : Math.min(span, half)));
  }
}
