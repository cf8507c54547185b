package io.chronoscope.evaluation;

import io.chronoscope.evaluation.Comparison.Pairing;
import java.util.ArrayList;
import java.util.List;

/// Whether confidence and tolerance mean what they say, over any number of videos.
///
/// @param bins reported events by confidence, in tenths; those without any are left out
/// @param calibrationError expected calibration error (Naeini et al. 2015): mean difference between
///   the confidence of a bin and the share of true events in it, weighted by their number
/// @param matched reported events that match a true one
/// @param withinTolerance how many of them have both true bounds within their tolerance
/// @param medianToleranceMs median of their tolerances: a share means little without a width
public record Reliability(
    List<Bin> bins,
    double calibrationError,
    int matched,
    int withinTolerance,
    long medianToleranceMs) {

  private static final int BINS = 10;

  /// @param from lowest confidence
  /// @param events number of reported events
  /// @param confidence mean
  /// @param precision share of the events that match a true one
  public record Bin(double from, int events, double confidence, double precision) {}

  public Reliability {
    bins = List.copyOf(bins);
  }

  public static Reliability of(List<Comparison> comparisons) {
    List<List<Boolean>> right = new ArrayList<>();
    double[] sums = new double[BINS];
    for (int i = 0; i < BINS; i++) {
      right.add(new ArrayList<>());
    }
    List<Long> tolerances = new ArrayList<>();
    int within = 0;
    for (Comparison comparison : comparisons) {
      for (Pairing pairing : comparison.pairings()) {
        if (pairing.answer().isPresent()) {
          ReportedEvent answer = pairing.answer().get();
          tolerances.add(answer.toleranceMs());
          within += isWithinTolerance(pairing.truth(), answer) ? 1 : 0;
          count(answer, true, right, sums);
        }
      }
      comparison.invented().forEach(answer -> count(answer, false, right, sums));
    }
    List<Bin> bins = new ArrayList<>();
    double error = 0;
    int all = right.stream().mapToInt(List::size).sum();
    for (int i = 0; i < BINS; i++) {
      int events = right.get(i).size();
      if (events > 0) {
        double precision =
            (double) right.get(i).stream().filter(Boolean::booleanValue).count() / events;
        double confidence = sums[i] / events;
        bins.add(new Bin((double) i / BINS, events, confidence, precision));
        error += Math.abs(confidence - precision) * events / all;
      }
    }
    return new Reliability(bins, error, tolerances.size(), within, median(tolerances));
  }

  private static long median(List<Long> values) {
    List<Long> sorted = values.stream().sorted().toList();
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
  }

  private static void count(
      ReportedEvent answer, boolean isTrue, List<List<Boolean>> right, double[] sums) {
    answer
        .confidence()
        .ifPresent(confidence -> {
          int bin = Math.min(BINS - 1, (int) (confidence * BINS));
          right.get(bin).add(isTrue);
          sums[bin] += confidence;
        });
  }

  /// Whether both true bounds are where the tolerance allows them to be.
  public static boolean isWithinTolerance(GroundTruth.Event truth, ReportedEvent answer) {
    return Math.abs(truth.startMs() - answer.startMs()) <= answer.toleranceMs()
        && Math.abs(truth.endMs() - answer.endMs()) <= answer.toleranceMs();
  }

  /// Share of the matched events whose true bounds lie within their tolerance; 1 without any.
  public double toleranceShare() {
    return matched == 0 ? 1 : (double) withinTolerance / matched;
  }
}
