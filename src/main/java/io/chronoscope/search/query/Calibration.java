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

  private static final Calibration WORDS = new Calibration(-4.88, 6.65, 0, 0, 0, 0.854);
  private static final Calibration MEANING = new Calibration(-0.82, 0, 0, 0, 1.48, 0.65);
  private static final Calibration HYBRID =
      new Calibration(-4.91, 5.53, -3.16, -15.21, 11.47, 0.79);

  static Calibration of(Matching matching) {
    return switch (matching) {
      case WORDS -> WORDS;
      case MEANING -> MEANING;
      case HYBRID -> HYBRID;
    };
  }

  public double estimate(Evidence evidence) {
    double sum =
        bias
            + coverage * evidence.coverage()
            + missing * evidence.missing()
            + lacking * evidence.lacking()
            + cosine * Math.max(0, evidence.cosine());
    return 1 / (1 + Math.exp(-sum));
  }
}
