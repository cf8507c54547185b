package io.chronoscope.search.query;

import io.chronoscope.search.SearchRequest.Matching;
import io.chronoscope.search.query.Relevance.Evidence;

/// The fitted numbers of [Relevance]: what `chronoscope evaluate search --calibrate` prints. They
/// know nothing of the questions that `evaluate search` asks.
///
/// @param bias the estimate without evidence, as log odds
/// @param coverage weight of the share of words that occur
/// @param missing weight of the share of known words that do not
/// @param lacking weight of [Evidence#lacking()]
/// @param cosine weight of the cosine
/// @param cut estimates below it are not shown
public record Calibration(
    double bias, double coverage, double missing, double lacking, double cosine, double cut) {

  private static final Calibration WORDS = new Calibration(-4.59, 6.62, 0, 0, 0, 0.883);
  private static final Calibration MEANING = new Calibration(-0.73, 0, 0, 0, 1.23, 0.616);
  private static final Calibration HYBRID =
      new Calibration(-6.36, 7.83, -18.82, -10.22, 7.3, 0.637);

  static Calibration of(Matching matching) {
    return switch (matching) {
      case WORDS -> WORDS;
      case MEANING -> MEANING;
      case HYBRID -> HYBRID;
    };
  }

  public double estimate(Evidence evidence) {
    return 1 / (1 + Math.exp(-logOdds(evidence)));
  }

  double logOdds(Evidence evidence) {
    return bias
        + coverage * evidence.coverage()
        + missing * evidence.missing()
        + lacking * evidence.lacking()
        + cosine * Math.max(0, evidence.cosine());
  }
}
