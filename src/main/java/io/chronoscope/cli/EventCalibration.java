package io.chronoscope.cli;

import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.Evidence;
import io.chronoscope.analysis.event.BoundTolerance;
import io.chronoscope.cli.EvaluationReport.Evaluated;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.Comparison.Pairing;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.evaluation.ReportedEvent;
import io.chronoscope.evaluation.query.LogisticFit;
import io.chronoscope.evaluation.query.QuantileFit;
import io.chronoscope.vlm.Calibration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Fits the confidence of events and the error of their bounds on videos with ground truth: an
/// event that matches a true one holds, and its bounds are off by the larger of both distances.
final class EventCalibration {

  private static final double RIDGE = 0.3;

  /// Share of the matched events whose true bounds are to lie within their tolerance.
  private static final double WITHIN = 0.99;

  private final AnalysisRecord record;
  private final List<LogisticFit.Case> events = new ArrayList<>();
  private final List<QuantileFit.Case> bounds = new ArrayList<>();

  private EventCalibration(AnalysisRecord record) {
    this.record = record;
  }

  /// @return the entries of `chronoscope.json`
  static String fit(
      List<Evaluated> evaluated, Map<String, StreamResults> results, AnalysisRecord record) {
    EventCalibration calibration = new EventCalibration(record);
    for (Evaluated one : evaluated) {
      StreamResults found = results.get(one.stream());
      if (found != null) {
        calibration.add(one.video(), found.compare(one.truth()));
      }
    }
    return calibration.entries();
  }

  private void add(String video, Comparison comparison) {
    for (Pairing pairing : comparison.pairings()) {
      pairing
          .answer()
          .ifPresent(answer -> {
            addEvent(answer, true);
            addBounds(video, pairing.truth(), answer);
          });
    }
    comparison.invented().forEach(invented -> addEvent(invented, false));
  }

  private void addEvent(ReportedEvent event, boolean holds) {
    record
        .closed(event.id())
        .flatMap(OpenEvent::evidence)
        .ifPresent(evidence -> events.add(new LogisticFit.Case(features(evidence), holds)));
  }

  /// All frame rates of a video are one group: they show the same.
  private void addBounds(String video, GroundTruth.Event truth, ReportedEvent event) {
    Optional<OpenEvent> closed = record.closed(event.id());
    long off =
        Math.max(
            Math.abs(truth.startMs() - event.startMs()), Math.abs(truth.endMs() - event.endMs()));
    closed.ifPresent(known ->
        bounds.add(
            new QuantileFit.Case(video, BoundTolerance.evidenceOf(known).features(), off / 1e3)));
  }

  private String entries() {
    if (events.isEmpty()) {
      throw new EnvironmentException("the model does not tell how likely its answers are");
    }
    double[] confidence = LogisticFit.fit(events, RIDGE);
    String entry =
        String.format(
            Locale.ROOT,
            "\"eventConfidence\": {\"bias\": %.3f, \"words\": %.3f, \"times\": %.3f, \"agreement\": %.3f, \"alone\": %.3f}",
            confidence[0],
            confidence[1],
            confidence[2],
            confidence[3],
            confidence[4]);
    if (bounds.isEmpty()) {
      return entry;
    }
    double[] error = QuantileFit.fit(bounds, WITHIN);
    return entry
        + String.format(
            Locale.ROOT,
            ",%n\"boundError\": {\"base\": %.3f, \"interval\": %.3f, \"length\": %.3f, \"spread\": %.3f, \"doubt\": %.3f}",
            error[0],
            error[1],
            error[2],
            error[3],
            error[4]);
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
