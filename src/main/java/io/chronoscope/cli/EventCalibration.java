package io.chronoscope.cli;

import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.BoundCertainty;
import io.chronoscope.analysis.StreamState.OpenEvent.Evidence;
import io.chronoscope.cli.EvaluationReport.Evaluated;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.evaluation.Comparison;
import io.chronoscope.evaluation.Comparison.Pairing;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.evaluation.ReportedEvent;
import io.chronoscope.evaluation.query.LogisticFit;
import io.chronoscope.evaluation.query.QuantileTable;
import io.chronoscope.vlm.Calibration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Fits the confidence of events and the error of their bounds on videos with ground truth: an
/// event that matches a true one holds, and its bounds are off by the larger of both distances.
final class EventCalibration {

  /// Share of the matched events whose true bounds are to lie within their tolerance: more than the
  /// 99 % that other videos are promised, because the table is chosen on these very events.
  private static final double WITHIN = 0.995;

  private static final int GROUPS = 4;

  private final AnalysisRecord record;
  private final List<LogisticFit.Case> events = new ArrayList<>();
  private final List<QuantileTable.Case> bounds = new ArrayList<>();

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
        calibration.add(found.compare(one.truth()));
      }
    }
    return calibration.entries();
  }

  private void add(Comparison comparison) {
    for (Pairing pairing : comparison.pairings()) {
      pairing
          .answer()
          .ifPresent(answer -> {
            addEvent(answer, true);
            addBounds(pairing.truth(), answer);
          });
    }
    comparison.invented().forEach(invented -> addEvent(invented, false));
  }

  private void addEvent(ReportedEvent event, boolean holds) {
    record
        .closed(event.id())
        .ifPresent(known ->
            known
                .evidence()
                .ifPresent(evidence ->
                    events.add(new LogisticFit.Case(features(evidence, certainty(known)), holds))));
  }

  /// An error that the sampling explains is none of the model's.
  private void addBounds(GroundTruth.Event truth, ReportedEvent event) {
    long off =
        Math.max(
            Math.abs(truth.startMs() - event.startMs()), Math.abs(truth.endMs() - event.endMs()));
    record
        .closed(event.id())
        .ifPresent(known ->
            known
                .bounds()
                .map(BoundCertainty::least)
                .ifPresent(certainty ->
                    bounds.add(
                        new QuantileTable.Case(
                            certainty, off > known.event().toleranceMs() ? off / 1e3 : 0))));
  }

  private String entries() {
    if (events.isEmpty()) {
      throw new EnvironmentException("the model does not tell how likely its answers are");
    }
    double[] confidence = ConfidenceFit.of(events);
    String entry =
        String.format(
            Locale.ROOT,
            "\"eventConfidence\": {\"bias\": %.3f, \"words\": %.3f, \"times\": %.3f, \"agreement\": %.3f, \"alone\": %.3f, \"bounds\": %.3f}",
            confidence[0],
            confidence[1],
            confidence[2],
            confidence[3],
            confidence[4],
            confidence[5]);
    if (bounds.isEmpty()) {
      return entry;
    }
    return QuantileTable.fit(bounds, GROUPS, WITHIN).stream()
        .map(group -> String.format(Locale.ROOT, "\"%s\": %.3f", group.certainty(), group.bound()))
        .collect(Collectors.joining(", ", entry + ",\n\"boundError\": {", "}"));
  }

  private static double certainty(OpenEvent event) {
    return event.bounds().map(BoundCertainty::least).orElse(0.0);
  }

  private static double[] features(Evidence evidence, double boundsCertainty) {
    return new double[] {
      Calibration.logOdds(evidence.words()),
      Calibration.logOdds(evidence.times()),
      (double) evidence.seen() / evidence.looks(),
      evidence.looks() == 1 ? 1 : 0,
      Calibration.logOdds(boundsCertainty)
    };
  }
}
