package io.chronoscope.search;

import io.chronoscope.wire.ResultType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The results that were published, of each the latest revision; a removed one (tombstone, expired)
/// is gone. All methods may be called by any number of threads at once, also while the index
/// follows its topics or is rebuilt from them: then they answer from what is indexed so far, and
/// [#progress()] says how far that is.
public interface ResultIndex {

  /// Every stream with at least one result, in order of its id.
  List<StreamFacts> streams();

  Optional<StreamFacts> stream(String id);

  /// One page of the results that the filter lets through, in the stable order of [ListPosition].
  ///
  /// @throws InvalidQueryException when the limit is out of range
  ResultPage list(ResultListing listing);

  /// The latest revision of one result.
  Optional<IndexedResult> find(ResultType type, String id);

  /// The results that fit the words best, ranked; or that none does.
  ///
  /// @throws InvalidQueryException when the text or the limit cannot be used; it names the field
  SearchOutcome search(SearchRequest request);

  /// What changed after a position, oldest first. When nothing has, waits for the next change, up
  /// to `wait`; an index that closes ends the wait.
  ///
  /// A result that changed several times is reported once, in its latest revision. Following
  /// [Changes.Continued#next()] misses no result, however slow the caller is and whatever restarts
  /// in between.
  ///
  /// @param limit the most changes to return; at least 1
  Changes changes(ChangePosition after, int limit, Duration wait);

  /// The position of the latest change: following from here reports what comes from now on.
  ChangePosition latestChange();

  IndexProgress progress();
}
