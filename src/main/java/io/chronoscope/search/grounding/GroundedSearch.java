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
/// out. When few hits are likely, the model looks at less likely ones, too, of which only those
/// that it confirms are shown.
public final class GroundedSearch {

  /// Checking costs a look at the video of each hit.
  public static final int MAX_CHECKED = 5;

  /// Among the less likely, many lead to the same moment.
  private static final int CANDIDATES = 30;

  private final ResultIndex index;
  private final HitGrounding grounding;

  public GroundedSearch(ResultIndex index, HitGrounding grounding) {
    this.index = index;
    this.grounding = grounding;
  }

  /// @throws io.chronoscope.search.InvalidQueryException as [ResultIndex#search]
  public SearchOutcome search(SearchRequest request) {
    SearchOutcome found = index.search(request);
    List<SearchHit> likely = found.hitList();
    List<SearchHit> checked =
        new ArrayList<>(likely.subList(0, Math.min(MAX_CHECKED, likely.size())));
    int certain = checked.size();
    if (certain < MAX_CHECKED) {
      // A description may lack what happened, so the model also looks where something similar did.
      for (SearchHit hit : index.search(request.showingBest(CANDIDATES)).hitList()) {
        if (checked.size() < MAX_CHECKED && checked.stream().noneMatch(one -> covers(one, hit))) {
          checked.add(hit);
        }
      }
    }
    if (checked.isEmpty()) {
      return found;
    }
    return outcome(request.text(), checked, certain, likely);
  }

  /// Whether a look at one hit is a look at the other, too.
  private static boolean covers(SearchHit one, SearchHit other) {
    return one.result().stream().equals(other.result().stream())
        && !other.result().start().isBefore(one.result().start().minus(HitGrounding.MARGIN))
        && !other.result().end().isAfter(one.result().end().plus(HitGrounding.MARGIN));
  }

  private record Moment(String stream, Instant start, Instant end) {}

  /// @param best what is checked: first some likely hits, then others
  /// @param certain how many of them are likely
  private SearchOutcome outcome(
      String text, List<SearchHit> best, int certain, List<SearchHit> likely) {
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
        case Grounding.Unchecked unknown -> {
          if (i < certain) {
            unchecked.add(checked);
          }
        }
        case Grounding.NotConfirmed no -> {}
      }
    }
    Grounding beyond =
        new Grounding.Unchecked("only the best %d hits are checked".formatted(MAX_CHECKED));
    List<SearchHit> rest =
        likely.subList(certain, likely.size()).stream()
            .map(hit -> hit.withGrounding(beyond))
            .toList();
    if (confirmed.isEmpty() && unchecked.isEmpty()) {
      return new SearchOutcome.NothingFound(
          certain == 0
              ? "no result fits well enough, and the model does not see it where the nearest %d are"
                  .formatted(best.size())
              : "%d results fit, but the model does not see it in their video".formatted(certain));
    }
    return new SearchOutcome.Found(
        Stream.of(confirmed, unchecked, rest).flatMap(List::stream).toList());
  }
}
