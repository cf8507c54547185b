package io.chronoscope.search.query;

import io.chronoscope.domain.Result;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ListPosition;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.query.RankFusion.Ranked;
import io.chronoscope.search.query.Relevance.Evidence;
import io.chronoscope.wire.ResultType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Orders what an index brings up for a search, and leaves out what is too unlikely to be meant:
/// the same for every kind of index.
public final class CandidateRanking {

  /// Results of these types are found unless the filter names others.
  private static final Set<ResultType> SEARCHED =
      Set.of(ResultType.EVENT, ResultType.ALERT, ResultType.SUMMARY, ResultType.GAP);

  /// Candidates that each ranking of an index brings in; more cost time and come from further down.
  private static final int MIN_CANDIDATES = 50;

  private static final int CANDIDATES_PER_HIT = 3;

  /// Share of the results from which on a word counts as one of the index's own.
  private static final double KNOWN_SHARE = 0.001;

  /// Log odds for each factor of e in precision.
  private static final double PRECISION_WEIGHT = 4;

  /// @param fused sum of reciprocal ranks, see [RankFusion]
  /// @param cosine between the embeddings of text and result; 0 when the result has none
  public record Candidate(IndexedResult result, double fused, double cosine) {}

  /// @param order higher is better
  private record Judged(Candidate candidate, double estimate, double order) {

    static final Comparator<Judged> BEST_FIRST =
        Comparator.comparingDouble(Judged::order)
            .reversed()
            .thenComparing(
                one -> ListPosition.of(one.candidate().result()), Comparator.reverseOrder());
  }

  private final SearchText text;
  private final SearchRequest request;
  private final Relevance relevance;
  private final Cut cut;

  /// @param known whether a word of [Relevance#terms] is common in the index
  public CandidateRanking(
      SearchText text, SearchRequest request, Cut cut, Predicate<String> known) {
    this.text = text;
    this.request = request;
    this.cut = cut;
    this.relevance = new Relevance(text, request.matching(), known);
  }

  /// How many candidates each ranking should bring in.
  public static int candidatesFor(SearchRequest request) {
    return Math.max(MIN_CANDIDATES, CANDIDATES_PER_HIT * request.limit());
  }

  /// Limits a filter that names no types to those that a search finds.
  public static ResultFilter searched(ResultFilter filter) {
    return filter.types().isEmpty() ? filter.withTypes(SEARCHED) : filter;
  }

  /// Ranks results by meaning, the nearest first. Cosines are rounded, so that equal texts share a
  /// rank.
  ///
  /// @param near identifies results
  /// @param count how many are ranked
  public static <T> List<Ranked<T>> nearest(Set<T> near, Map<T, Double> cosines, int count) {
    return near.stream()
        .map(one -> new Ranked<>(one, Math.round(cosines.getOrDefault(one, -1.0) * 1e5) / 1e5))
        .sorted(Comparator.<Ranked<T>>comparingDouble(Ranked::score).reversed())
        .limit(count)
        .toList();
  }

  /// Whether a word is common enough that its absence from a result says something.
  ///
  /// @param containing results that have the word
  /// @param all results of the index
  public static boolean isKnown(long containing, long all) {
    return containing > KNOWN_SHARE * all;
  }

  /// The answer to the search.
  public SearchOutcome outcome(List<Candidate> candidates) {
    List<Judged> judged = new ArrayList<>();
    for (Candidate one : candidates) {
      Evidence evidence = relevance.evidence(one.result().text(), one.cosine());
      judged.add(new Judged(one, relevance.estimate(evidence), order(one, evidence)));
    }
    judged.sort(Judged.BEST_FIRST);
    List<SearchHit> hits = new ArrayList<>();
    Highlighter highlighter = new Highlighter(text);
    for (Judged one : judged) {
      if (isShown(one.estimate()) && hits.size() < request.limit()) {
        IndexedResult result = one.candidate().result();
        hits.add(
            new SearchHit(
                result, one.estimate(), highlighter.fragments(result.text()), Optional.empty()));
      }
    }
    if (!hits.isEmpty()) {
      return new SearchOutcome.Found(hits);
    }
    return new SearchOutcome.NothingFound(
        candidates.isEmpty()
            ? "no result passes the filters and has these words"
            : "no result fits well enough");
  }

  private boolean isShown(double estimate) {
    return switch (request.showing()) {
      case BEST -> true;
      case LIKELY ->
          switch (cut) {
            case CALIBRATED -> relevance.isEnough(estimate);
            case NONE -> true;
          };
    };
  }

  /// By one ranking alone, its ranks decide; by both, how likely each candidate is. Rounded, so
  /// that equal descriptions are ordered by time.
  private double order(Candidate one, Evidence evidence) {
    double precision = precision(one.result());
    return switch (request.matching()) {
      case WORDS, MEANING -> one.fused() * precision;
      case HYBRID ->
          Math.round(1e3 * (relevance.logOdds(evidence) + PRECISION_WEIGHT * Math.log(precision)))
              / 1e3;
    };
  }

  /// How closely a result bounds a moment: an event says when, a summary of an hour hardly.
  private static double precision(IndexedResult one) {
    return switch (one.type()) {
      case EVENT, ALERT -> 1;
      case ANSWER, GAP, STREAM_END, UNANSWERED, DEAD_LETTER -> 0.9;
      case SUMMARY -> one.level().map(CandidateRanking::precision).orElse(0.5);
    };
  }

  private static double precision(Result.Level level) {
    return switch (level) {
      case WINDOW -> 0.8;
      case MINUTE -> 0.7;
      case HOUR -> 0.6;
      case STREAM -> 0.5;
    };
  }
}
