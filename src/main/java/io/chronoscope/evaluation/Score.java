package io.chronoscope.evaluation;

import java.util.List;

/// Metrics of Charades-STA over any number of videos.
///
/// @param events number of true events
/// @param found number of true events with a match
/// @param meanIou mean over all true events, 0 for those without a match
/// @param recallAt30 share of true events whose match has an IoU of at least 0.3
/// @param recallAt50 as `recallAt30`, for an IoU of at least 0.5
/// @param recallAt70 as `recallAt30`, for an IoU of at least 0.7
/// @param answers number of reported events
/// @param invented number of reported events without a match (false positives)
public record Score(
    int events,
    int found,
    double meanIou,
    double recallAt30,
    double recallAt50,
    double recallAt70,
    int answers,
    int invented) {

  public static Score of(List<Comparison> comparisons) {
    double[] ious =
        comparisons.stream()
            .flatMap(comparison -> comparison.pairings().stream())
            .mapToDouble(Comparison.Pairing::iou)
            .toArray();
    int found = 0;
    double sum = 0;
    for (double iou : ious) {
      sum += iou;
      found += iou > 0 ? 1 : 0;
    }
    return new Score(
        ious.length,
        found,
        ious.length == 0 ? 0 : sum / ious.length,
        recall(ious, 0.3),
        recall(ious, 0.5),
        recall(ious, 0.7),
        comparisons.stream().mapToInt(Comparison::answers).sum(),
        comparisons.stream().mapToInt(comparison -> comparison.invented().size()).sum());
  }

  /// Returns the share of reported events that are invented; 0 when none was reported.
  public double inventedPerAnswer() {
    return answers == 0 ? 0 : (double) invented / answers;
  }

  private static double recall(double[] ious, double threshold) {
    if (ious.length == 0) {
      return 0;
    }
    int reached = 0;
    for (double iou : ious) {
      reached += iou >= threshold ? 1 : 0;
    }
    return (double) reached / ious.length;
  }
}
