package io.chronoscope.search.grounding;

import io.chronoscope.search.ResultIndex;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchHit.Grounding;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A search whose best hits the model checks. Hits that it confirms come first, with the bounds it
/// saw; hits that could not be checked follow, with the reason; hits that it does not see are left
/// out.
public final class GroundedSearch {

  /// Checking costs a look at the video of each hit.
  public static final int MAX_CHECKED = 5;

  private final ResultIndex index;
  private final HitGrounding grounding;

  public GroundedSearch(ResultIndex index, HitGrounding grounding) {
    this.index = index;
    this.grounding = grounding;
  }

  /// @throws io.chronoscope.search.InvalidQueryException as [ResultIndex#search]
  public SearchOutcome search(SearchRequest request) {
    return switch (index.search(request)) {
      case SearchOutcome.NothingFound nothing -> nothing;
      case SearchOutcome.Found found -> check(found.hits(), request.text());
    };
  }

  private record Moment(String stream, Instant start, Instant end) {}

  private SearchOutcome check(List<SearchHit> hits, String text) {
    List<SearchHit> best = hits.subList(0, Math.min(MAX_CHECKED, hits.size()));
    List<Grounding> outcomes = grounding.check(best, text);
    List<SearchHit> confirmed = new ArrayList<>();
    List<SearchHit> unchecked = new ArrayList<>();
    Set<Moment> moments = new HashSet<>();
    for (int i = 0; i < best.size(); i++) {
      SearchHit checked = best.get(i).withGrounding(outcomes.get(i));
      switch (outcomes.get(i)) {
        case Grounding.Confirmed yes -> {
          // An event, and the summary that tells of it, lead to the same moment.
          if (moments.add(new Moment(checked.result().stream(), yes.start(), yes.end()))) {
            confirmed.add(checked);
          }
        }
        case Grounding.Unchecked unknown -> unchecked.add(checked);
        case Grounding.NotConfirmed no -> {}
      }
    }
    Grounding beyond =
        new Grounding.Unchecked("only the best %d hits are checked".formatted(MAX_CHECKED));
    List<SearchHit> rest =
        hits.subList(best.size(), hits.size()).stream()
            .map(hit -> hit.withGrounding(beyond))
            .toList();
    if (confirmed.isEmpty() && unchecked.isEmpty()) {
      return new SearchOutcome.NothingFound(
          "%d results fit, but the model does not see it in their video".formatted(best.size()));
    }
    return new SearchOutcome.Found(
        Stream.of(confirmed, unchecked, rest).flatMap(List::stream).toList());
  }
}
