package io.chronoscope.evaluation.search;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Scores of many answers. Recall@k is the share of what should be found among the first k, of at
/// most k; for negatives, a false answer is any hit.
///
/// @param questions positive ones
/// @param recallAt1 recall at 1
/// @param recallAt5 recall at 5
/// @param mrr mean reciprocal rank of the first relevant hit
/// @param ndcgAt10 normalized discounted cumulative gain over ten hits, relevant or not
/// @param meanIou temporal IoU of the first hit with what it should have found; 0 without one
/// @param meanAnsweredIou the same over the questions that got an answer
/// @param negatives questions without an answer
/// @param falseAnswers how many of them got one
public record SearchScore(
    int questions,
    double recallAt1,
    double recallAt5,
    double mrr,
    double ndcgAt10,
    double meanIou,
    double meanAnsweredIou,
    int negatives,
    int falseAnswers) {

  /// The answer to one question.
  ///
  /// @param relevance of each hit in order: whether it is one that should be found
  /// @param expected how many should be found; 0 for a negative
  /// @param firstIou temporal IoU of the first hit
  public record Answer(List<Boolean> relevance, int expected, OptionalDouble firstIou) {

    public Answer {
      relevance = List.copyOf(relevance);
    }

    double recall(int k) {
      long found = relevance.stream().limit(k).filter(one -> one).count();
      return (double) found / Math.min(k, expected);
    }

    double reciprocalRank() {
      int first = relevance.indexOf(true);
      return first < 0 ? 0 : 1.0 / (first + 1);
    }

    double ndcg(int k) {
      double gain = 0;
      double ideal = 0;
      for (int i = 0; i < k; i++) {
        double discount = Math.log(2) / Math.log(i + 2);
        gain += i < relevance.size() && relevance.get(i) ? discount : 0;
        ideal += i < expected ? discount : 0;
      }
      return gain / ideal;
    }
  }

  public static SearchScore of(List<Answer> answers) {
    List<Answer> positive = new ArrayList<>();
    int negatives = 0;
    int falseAnswers = 0;
    for (Answer answer : answers) {
      if (answer.expected() > 0) {
        positive.add(answer);
      } else {
        negatives++;
        falseAnswers += answer.relevance().isEmpty() ? 0 : 1;
      }
    }
    return new SearchScore(
        positive.size(),
        positive.stream().mapToDouble(one -> one.recall(1)).average().orElse(0),
        positive.stream().mapToDouble(one -> one.recall(5)).average().orElse(0),
        positive.stream().mapToDouble(Answer::reciprocalRank).average().orElse(0),
        positive.stream().mapToDouble(one -> one.ndcg(10)).average().orElse(0),
        positive.stream().mapToDouble(one -> one.firstIou().orElse(0)).average().orElse(0),
        positive.stream().flatMapToDouble(one -> one.firstIou().stream()).average().orElse(0),
        negatives,
        falseAnswers);
  }

  /// Share of negatives that got an answer.
  public double falseAnswerShare() {
    return negatives == 0 ? 0 : (double) falseAnswers / negatives;
  }
}
