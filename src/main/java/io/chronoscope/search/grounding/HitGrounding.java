package io.chronoscope.search.grounding;

import io.chronoscope.search.SearchHit;
import java.time.Duration;
import java.util.List;

/// Checks search hits against the video.
@FunctionalInterface
public interface HitGrounding {

  /// Time before and after a hit that is checked with it: the bounds of a result may be off, and
  /// what happens may continue beyond them.
  Duration MARGIN = Duration.ofSeconds(5);

  /// Waits until every hit was checked, or could not be.
  ///
  /// @param text what was searched for
  /// @return one outcome for each hit, in their order
  List<SearchHit.Grounding> check(List<SearchHit> hits, String text);
}
