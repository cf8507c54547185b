package io.chronoscope.search.grounding;

import io.chronoscope.search.SearchHit;
import java.util.List;

/// Checks search hits against the video.
@FunctionalInterface
public interface HitGrounding {

  /// Waits until every hit was checked, or could not be.
  ///
  /// @param text what was searched for
  /// @return one outcome for each hit, in their order
  List<SearchHit.Grounding> check(List<SearchHit> hits, String text);
}
