package io.chronoscope.search.indexing;

import io.chronoscope.search.IndexProgress;
import io.chronoscope.search.IndexProgress.Phase;
import io.chronoscope.search.SourcePartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// How far the topics were read, and how far they reach. One thread writes, any number read.
public final class ReadProgress {

  private static final Comparator<SourcePartition> ORDER =
      Comparator.comparing(SourcePartition::topic).thenComparing(SourcePartition::partition);

  private final Map<SourcePartition, Long> nextOffsets = new ConcurrentSkipListMap<>(ORDER);
  private final Map<SourcePartition, Long> endOffsets = new ConcurrentSkipListMap<>(ORDER);
  private volatile boolean caughtUp;

  public ReadProgress(Map<SourcePartition, Long> nextOffsets) {
    this.nextOffsets.putAll(nextOffsets);
  }

  public void readUpTo(Map<SourcePartition, Long> offsets) {
    nextOffsets.putAll(offsets);
    note();
  }

  public void topicsEndAt(Map<SourcePartition, Long> ends) {
    endOffsets.putAll(ends);
    note();
  }

  /// Starts anew, for a rebuild.
  public void clear() {
    nextOffsets.clear();
    endOffsets.clear();
    caughtUp = false;
  }

  private void note() {
    caughtUp =
        caughtUp
            || (!endOffsets.isEmpty()
                && endOffsets.entrySet().stream()
                    .allMatch(end -> nextOffsets.getOrDefault(end.getKey(), 0L) >= end.getValue()));
  }

  /// The offset at which reading resumes, for each partition that was read.
  public Map<SourcePartition, Long> nextOffsets() {
    return Map.copyOf(nextOffsets);
  }

  /// @param results number of results in the index
  public IndexProgress of(long results) {
    Map<SourcePartition, Long> all = new TreeMap<>(ORDER);
    all.putAll(endOffsets);
    nextOffsets.forEach((partition, next) -> all.merge(partition, next, Math::max));
    List<IndexProgress.OfPartition> partitions = new ArrayList<>();
    all.forEach((partition, end) ->
        partitions.add(
            new IndexProgress.OfPartition(
                partition, nextOffsets.getOrDefault(partition, 0L), end)));
    return new IndexProgress(caughtUp ? Phase.FOLLOWING : Phase.BUILDING, results, partitions);
  }
}
