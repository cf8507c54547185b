package io.chronoscope.search.query;

import io.chronoscope.search.SearchRequest.Matching;
import io.chronoscope.search.query.Relevance.Evidence;

/// The fitted numbers of [Relevance]: what `evaluate search --calibrate` prints.
///
/// @param bias
/// @param coverage weight of the share of words
/// @param cosine weight of the cosine
/// @param cut estimates below it are not shown
public record Calibration(double bias, double coverage, double cosine, double cut) {

  private static final Calibration WORDS = new Calibration(-8, 10, 0, 0.5);
  private static final Calibration MEANING = new Calibration(-8, 0, 14, 0.5);
  private static final Calibration HYBRID = new Calibration(-8, 7, 10, 0.5);

  static Calibration of(Matching matching) {
    return switch (matching) {
      case WORDS -> WORDS;
      case MEANING -> MEANING;
      case HYBRID -> HYBRID;
    };
  }

  double estimate(Evidence evidence) {
    double sum = bias + coverage * evidence.coverage() + cosine * Math.max(0, evidence.cosine());
    return 1 / (1 + Math.exp(-sum));
  }
}
