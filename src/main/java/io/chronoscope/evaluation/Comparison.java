package io.chronoscope.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One video's answers against its truth.
///
/// @param pairings one for each true event, in the truth's order
/// @param invented answers that no true event took
/// @param answers how many answers there were
public record Comparison(List<Pairing> pairings, List<Answered> invented, int answers) {

  /// A true event and the answer that counts for it.
  ///
  /// @param answer empty when none names it at a time that overlaps it
  /// @param iou of the two spans; 0 without an answer
  public record Pairing(Truth.Event truth, Optional<Answered> answer, double iou) {}

  public Comparison {
    pairings = List.copyOf(pairings);
    invented = List.copyOf(invented);
  }

  /// Pairs each true event with at most one answer and each answer with at most one true event, so
  /// that the IoU summed over all is greatest. Only an answer that names the event's colour and
  /// shape can count for it; what is left over is invented.
  public static Comparison of(Truth truth, List<Answered> answers) {
    List<Subject> named = answers.stream().map(a -> Subject.of(a.description())).toList();
    double[][] gain = new double[truth.events().size()][answers.size()];
    for (int i = 0; i < gain.length; i++) {
      Truth.Event event = truth.events().get(i);
      Subject subject = Subject.of(event.description());
      for (int j = 0; j < answers.size(); j++) {
        Answered answer = answers.get(j);
        if (named.get(j).countsFor(subject)) {
          gain[i][j] =
              TemporalIou.of(event.startMs(), event.endMs(), answer.startMs(), answer.endMs());
        }
      }
    }
    int[] answerOf = Assignment.of(gain);
    List<Answered> invented = new ArrayList<>(answers);
    List<Pairing> pairings = new ArrayList<>();
    for (int i = 0; i < gain.length; i++) {
      Truth.Event event = truth.events().get(i);
      if (answerOf[i] < 0) {
        pairings.add(new Pairing(event, Optional.empty(), 0));
      } else {
        Answered answer = answers.get(answerOf[i]);
        // By identity: two equal answers are two answers.
        for (int j = 0; j < invented.size(); j++) {
          if (invented.get(j) == answer) {
            invented.remove(j);
            break;
          }
        }
        pairings.add(new Pairing(event, Optional.of(answer), gain[i][answerOf[i]]));
      }
    }
    return new Comparison(pairings, invented, answers.size());
  }

  public Score score() {
    return Score.of(List.of(this));
  }
}
