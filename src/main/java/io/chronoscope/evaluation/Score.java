package io.chronoscope.evaluation;

import java.util.List;

/// The figures of Charades-STA over any number of videos.
///
/// @param events true events asked for
/// @param found those that an answer counts for
/// @param meanIou over all true events, 0 for those not found
/// @param recallAt30 share of true events whose answer has an IoU of at least 0.3
/// @param recallAt50 at least 0.5
/// @param recallAt70 at least 0.7
/// @param answers events reported
/// @param invented those that count for no true event
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

  /// Invented events for each one reported; 0 when none was.
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
