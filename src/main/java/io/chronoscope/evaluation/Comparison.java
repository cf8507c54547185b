package io.chronoscope.evaluation;

import io.chronoscope.domain.TemporalIou;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Matches the events reported for one video to its ground truth.
///
/// The component names are fields of the `--json` output of `evaluate`.
///
/// @param pairings one for each true event, in the order of the ground truth
/// @param invented reported events without a matching true event (false positives)
/// @param answers number of reported events
public record Comparison(List<Pairing> pairings, List<ReportedEvent> invented, int answers) {

  /// A true event and the reported event matched to it.
  ///
  /// @param answer empty when no overlapping reported event names the true event's subject
  /// @param iou temporal IoU of the two spans; 0 without a match
  public record Pairing(GroundTruth.Event truth, Optional<ReportedEvent> answer, double iou) {}

  public Comparison {
    pairings = List.copyOf(pairings);
    invented = List.copyOf(invented);
  }

  /// Matches events one to one so that the sum of their IoU is maximal. A reported event can match
  /// a true event only when it names its color and shape; reported events without a match count as
  /// invented.
  public static Comparison of(GroundTruth truth, List<ReportedEvent> reported) {
    List<Subject> subjects = reported.stream().map(a -> Subject.of(a.description())).toList();
    double[][] gain = new double[truth.events().size()][reported.size()];
    for (int i = 0; i < gain.length; i++) {
      GroundTruth.Event event = truth.events().get(i);
      Subject subject = Subject.of(event.description());
      for (int j = 0; j < reported.size(); j++) {
        ReportedEvent candidate = reported.get(j);
        if (subjects.get(j).matches(subject)) {
          gain[i][j] =
              TemporalIou.of(
                  event.startMs(), event.endMs(), candidate.startMs(), candidate.endMs());
        }
      }
    }
    int[] matchOf = Assignment.of(gain);
    List<ReportedEvent> invented = new ArrayList<>(reported);
    List<Pairing> pairings = new ArrayList<>();
    for (int i = 0; i < gain.length; i++) {
      GroundTruth.Event event = truth.events().get(i);
      if (matchOf[i] < 0) {
        pairings.add(new Pairing(event, Optional.empty(), 0));
      } else {
        ReportedEvent match = reported.get(matchOf[i]);
        // By identity: two equal reported events are two events.
        for (int j = 0; j < invented.size(); j++) {
          if (invented.get(j) == match) {
            invented.remove(j);
            break;
          }
        }
        pairings.add(new Pairing(event, Optional.of(match), gain[i][matchOf[i]]));
      }
    }
    return new Comparison(pairings, invented, reported.size());
  }

  public Score score() {
    return Score.of(List.of(this));
  }
}
