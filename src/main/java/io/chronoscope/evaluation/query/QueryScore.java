package io.chronoscope.evaluation.query;

import io.chronoscope.evaluation.query.QuerySet.Query;
import io.chronoscope.evaluation.query.QuerySet.Span;
import java.util.List;

/// How well queries were answered.
///
/// @param asked number of queries
/// @param happening how many of them happen in their clip
/// @param found how many of those have a reported span that touches one of theirs
/// @param falseAnswers how many of the others have any reported span
/// @param misplaced reported spans of those that happen that touch none of theirs
public record QueryScore(int asked, int happening, int found, int falseAnswers, int misplaced) {

  /// What was reported for a query.
  public record Answered(Query query, List<Reported> reported) {

    public Answered {
      reported = List.copyOf(reported);
    }

    private boolean isFound() {
      return reported.stream().anyMatch(one -> touches(one.span()));
    }

    private boolean touches(Span span) {
      return query.spans().stream().anyMatch(span::touches);
    }
  }

  public record Reported(Span span, double confidence) {}

  /// @param threshold what is reported with less confidence does not count
  public static QueryScore of(List<Answered> all, double threshold) {
    List<Answered> answered = all.stream().map(one -> from(one, threshold)).toList();
    List<Answered> happening = answered.stream().filter(one -> one.query().holds()).toList();
    return new QueryScore(
        answered.size(),
        happening.size(),
        (int) happening.stream().filter(Answered::isFound).count(),
        (int)
            answered.stream()
                .filter(one -> !one.query().holds() && !one.reported().isEmpty())
                .count(),
        (int)
            happening.stream()
                .flatMap(one -> one.reported().stream().filter(span -> !one.touches(span.span())))
                .count());
  }

  private static Answered from(Answered one, double threshold) {
    return new Answered(
        one.query(),
        one.reported().stream().filter(span -> span.confidence() >= threshold).toList());
  }

  /// Share of those that happen; 1 when none does.
  public double foundShare() {
    return happening == 0 ? 1 : (double) found / happening;
  }

  /// Share of those that do not happen; 0 when all do.
  public double falseShare() {
    return asked == happening ? 0 : (double) falseAnswers / (asked - happening);
  }
}
