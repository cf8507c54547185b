package io.chronoscope.search.lucene;

import io.chronoscope.search.StreamFacts;
import io.chronoscope.search.StreamTally;
import io.chronoscope.search.indexing.BatchPlan;
import io.chronoscope.search.indexing.ResultKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// What the index says about every stream, counted along with each batch. Thread-safe.
final class StreamTallies {

  private final Map<String, StreamTally> tallies = new TreeMap<>();
  private final Function<String, StreamTally> recount;

  /// @param recount counts one stream from the index
  StreamTallies(Function<String, StreamTally> recount) {
    this.recount = recount;
  }

  /// Starts from what the index says.
  synchronized void set(Map<String, StreamTally> counted) {
    tallies.clear();
    tallies.putAll(counted);
  }

  /// Takes a batch into account that is in the index by now.
  ///
  /// @param before what was indexed before it
  synchronized void add(BatchPlan plan, Map<ResultKey, IndexedBefore> before) {
    for (ResultKey key : plan.changed()) {
      IndexedBefore former = before.get(key);
      StreamTally tally = former == null ? null : tallies.get(former.stream());
      if (former != null && tally != null) {
        tally.remove(former.known().entry());
      }
    }
    plan.upserts().forEach(one -> tallies.computeIfAbsent(one.stream(), StreamTally::new).add(one));
    tallies.values().removeIf(StreamTally::isEmpty);
  }

  /// Of every stream, in order of its id.
  synchronized List<StreamFacts> all() {
    return List.copyOf(tallies.keySet()).stream().map(this::of).flatMap(Optional::stream).toList();
  }

  synchronized Optional<StreamFacts> of(String stream) {
    StreamTally tally = tallies.get(stream);
    if (tally != null && tally.isStale()) {
      tally = recount.apply(stream);
      tallies.replace(stream, tally);
    }
    return tally == null || tally.isEmpty() ? Optional.empty() : Optional.of(tally.facts());
  }
}
