package io.chronoscope.search;

import java.util.List;

/// What a search finds.
public sealed interface SearchOutcome {

  /// @param hits the best first; at least one
  record Found(List<SearchHit> hits) implements SearchOutcome {

    public Found {
      hits = List.copyOf(hits);
      if (hits.isEmpty()) {
        throw new IllegalArgumentException("found, but no hits");
      }
    }
  }

  /// No result fits well enough.
  ///
  /// @param reason why, for the person who asked
  record NothingFound(String reason) implements SearchOutcome {}

  /// The hits; none when nothing was found.
  default List<SearchHit> hitList() {
    return switch (this) {
      case Found found -> found.hits();
      case NothingFound nothing -> List.of();
    };
  }
}
