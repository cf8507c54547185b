package io.chronoscope.cli;

import io.chronoscope.analysis.StreamState.OpenEvent.Evidence;
import io.chronoscope.cli.EvaluationReport.Evaluated;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.ReportedEvent;
import io.chronoscope.evaluation.query.LogisticFit;
import io.chronoscope.vlm.Calibration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Fits the confidence of events on videos with ground truth: an event that matches a true one
/// holds.
final class EventCalibration {

  private static final double RIDGE = 0.3;

  private EventCalibration() {}

  /// @return the entry of `chronoscope.json`
  static String fit(
      List<Evaluated> evaluated, Map<String, StreamResults> results, AnalysisRecord record) {
    List<LogisticFit.Case> cases = new ArrayList<>();
    for (Evaluated one : evaluated) {
      StreamResults found = results.get(one.stream());
      if (found != null) {
        Comparison comparison = found.compare(one.truth());
        comparison
            .pairings()
            .forEach(
                pairing -> pairing.answer().ifPresent(answer -> add(cases, answer, record, true)));
        comparison.invented().forEach(invented -> add(cases, invented, record, false));
      }
    }
    if (cases.isEmpty()) {
      throw new EnvironmentException("the model does not tell how likely its answers are");
    }
    double[] weights = LogisticFit.fit(cases, RIDGE);
    return String.format(
        Locale.ROOT,
        "\"eventConfidence\": {\"bias\": %.3f, \"words\": %.3f, \"times\": %.3f, \"agreement\": %.3f, \"alone\": %.3f}",
        weights[0],
        weights[1],
        weights[2],
        weights[3],
        weights[4]);
  }

  private static void add(
      List<LogisticFit.Case> cases, ReportedEvent event, AnalysisRecord record, boolean holds) {
    record
        .evidenceOf(event.id())
        .ifPresent(evidence -> cases.add(new LogisticFit.Case(features(evidence), holds)));
  }

  private static double[] features(Evidence evidence) {
    return new double[] {
      Calibration.logOdds(evidence.words()),
      Calibration.logOdds(evidence.times()),
      (double) evidence.seen() / evidence.looks(),
      evidence.looks() == 1 ? 1 : 0
    };
  }
}
