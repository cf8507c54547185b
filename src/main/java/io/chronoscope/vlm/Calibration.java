package io.chronoscope.vlm;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Turns what the model's tokens say into probabilities that hold: logistic regressions, fitted on
/// videos with known answers (`evaluate --calibrate`, `evaluate queries --calibrate`). They belong
/// to a checkpoint and are part of its `chronoscope.json`.
///
/// @param events of events that were not looked for; empty if not fitted
/// @param queries of what was looked for; empty if not fitted
/// @param bounds how far off the model places the bounds of events; empty if not fitted
public record Calibration(
    Optional<OfEvents> events, Optional<OfQueries> queries, Optional<OfBounds> bounds) {

  public static final Calibration NONE =
      new Calibration(Optional.empty(), Optional.empty(), Optional.empty());

  /// @param words weight of the log-odds of the least likely token of the description
  /// @param times weight of the log-odds of the least likely token of the times
  /// @param agreement weight of the share of windows that saw it, among those that could
  /// @param alone weight of 1 for an event that a single window could see
  /// @param bounds weight of the log-odds of the less sure bound
  public record OfEvents(
      double bias, double words, double times, double agreement, double alone, double bounds) {

    /// @param wordsProbability of the least likely token of the description
    /// @param timesProbability of the least likely token of the times
    /// @param seen windows that saw it, at least 1
    /// @param looks windows that could see it
    /// @param boundsCertainty of the less sure bound, as for [OfBounds]
    public double confidence(
        double wordsProbability,
        double timesProbability,
        int seen,
        int looks,
        double boundsCertainty) {
      return sigmoid(
          bias
              + words * logOdds(wordsProbability)
              + times * logOdds(timesProbability)
              + agreement * seen / looks
              + (looks == 1 ? alone : 0)
              + bounds * logOdds(boundsCertainty));
    }
  }

  /// @param whether weight of the log-odds of yes about the whole video
  /// @param span weight of the log-odds of yes about the span
  /// @param half weight of the log-odds of yes about the half of the picture against the other half
  public record OfQueries(double bias, double whether, double span, double half) {

    /// @param score probability of yes about the whole video
    /// @param spanScore probability of yes about the span
    /// @param halfScore probability of the half of the picture against the other one; 0.5 if the
    ///   query names none
    public double confidence(double score, double spanScore, double halfScore) {
      return sigmoid(
          bias + whether * logOdds(score) + span * logOdds(spanScore) + half * logOdds(halfScore));
    }
  }

  /// The error of an event's bounds that 99 % of events stay within, by how sure the bounds are.
  ///
  /// @param steps from the surest on; the last one is for every event
  public record OfBounds(List<Step> steps) {

    /// @param certainty least certainty of the bounds for which this step holds, 0 to 1
    public record Step(double certainty, double seconds) {}

    public OfBounds {
      steps =
          steps.stream().sorted(Comparator.comparingDouble(Step::certainty).reversed()).toList();
      if (steps.isEmpty() || steps.getLast().certainty() != 0) {
        throw new IllegalArgumentException("there is no error for the certainty 0");
      }
    }

    /// @param certainty of the bound that is less sure: probability of the least likely digit of
    ///   its time; 0 if nothing is known
    public double seconds(double certainty) {
      return steps.stream()
          .filter(step -> certainty >= step.certainty())
          .findFirst()
          .orElseGet(steps::getLast)
          .seconds();
    }
  }

  /// Log-odds, bounded so that a probability that was rounded to 0 or 1 decides nothing alone.
  public static double logOdds(double probability) {
    double bounded = Math.clamp(probability, 1e-4, 1 - 1e-4);
    return Math.log(bounded / (1 - bounded));
  }

  public static double sigmoid(double logOdds) {
    return 1 / (1 + Math.exp(-logOdds));
  }
}
