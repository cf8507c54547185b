package io.chronoscope.search;

import java.util.List;
import java.util.Optional;

/// One page of a list.
///
/// @param next where the following page starts; empty when this is the last
public record ResultPage(List<IndexedResult> results, Optional<ListPosition> next) {

  public ResultPage {
    results = List.copyOf(results);
  }
}
