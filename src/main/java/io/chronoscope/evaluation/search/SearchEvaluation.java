package io.chronoscope.evaluation.search;

import io.chronoscope.domain.TemporalIou;
import io.chronoscope.evaluation.search.GeneratedStreams.Truth;
import io.chronoscope.evaluation.search.SearchScore.Answer;
import io.chronoscope.search.ResultIndex;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.SearchRequest.Matching;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/// Asks an index questions whose answers are known.
public final class SearchEvaluation {

  private static final int HITS = 10;

  /// A summary counts as found what it bounds about as well as an event.
  private static final double SAME_MOMENT_IOU = 0.5;

  private final ResultIndex index;
  private final List<Truth> truths;

  /// @param index holds the records about `truths`
  public SearchEvaluation(ResultIndex index, List<Truth> truths) {
    this.index = index;
    this.truths = List.copyOf(truths);
  }

  public Answer ask(SearchQuestion question, Matching matching) {
    return answer(
        question,
        index
            .search(new SearchRequest(question.text(), question.filter(), matching, HITS))
            .hitList());
  }

  private Answer answer(SearchQuestion question, List<SearchHit> hits) {
    List<Truth> relevant = question.relevant(truths);
    Set<String> credited = new HashSet<>();
    List<Boolean> relevance = new ArrayList<>();
    for (SearchHit hit : hits) {
      relevance.add(
          relevant.stream()
              .filter(truth -> isFound(truth, hit))
              .anyMatch(truth -> credited.add(truth.id())));
    }
    OptionalDouble firstIou =
        hits.isEmpty()
            ? OptionalDouble.empty()
            : relevant.stream()
                .filter(truth -> truth.stream().equals(hits.getFirst().result().stream()))
                .mapToDouble(truth -> iou(truth, hits.getFirst()))
                .max();
    return new Answer(relevance, relevant.size(), firstIou);
  }

  private static boolean isFound(Truth truth, SearchHit hit) {
    return switch (hit.result().type()) {
      case EVENT -> truth.id().equals(hit.result().id());
      case SUMMARY, ALERT, GAP, UNANSWERED, STREAM_END, ANSWER, DEAD_LETTER ->
          truth.stream().equals(hit.result().stream()) && iou(truth, hit) >= SAME_MOMENT_IOU;
    };
  }

  static double iou(Truth truth, SearchHit hit) {
    return TemporalIou.of(truth.start(), truth.end(), hit.start(), hit.end());
  }
}
