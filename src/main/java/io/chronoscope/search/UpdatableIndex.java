package io.chronoscope.search;

import java.time.Instant;
import java.util.Map;

/// A [ResultIndex] and what keeps it up to date. Only one thread may call the methods of this
/// interface; those of [ResultIndex] run beside them.
public interface UpdatableIndex extends ResultIndex, AutoCloseable {

  /// Whether this process writes the index. One that several processes share lets one of them at a
  /// time; the others try again now and then, until that one is gone. The other methods that change
  /// something are for the one that writes.
  ///
  /// @throws IndexUnavailableException when that cannot be found out
  default boolean claim() {
    return true;
  }

  /// The offset at which reading resumes, for each partition that was read before. When the index
  /// was just opened, everything below it is durable.
  Map<SourcePartition, Long> nextOffsets();

  /// Says which cluster the following records come from; an index of another one is cleared.
  void readFrom(String clusterId);

  /// Applies records in order and makes them visible to readers. A revision that is not newer than
  /// the indexed one changes nothing, so that records may be applied twice.
  void apply(IndexBatch batch);

  /// Makes everything applied so far durable, together with the offsets it ends at.
  void commit();

  /// Removes results that ended before a time, and what is remembered of those removed before it.
  void removeBefore(Instant time);

  /// Removes results whose records the topic no longer retains.
  ///
  /// @param firstOffset the partition's first retained offset
  void removeBelow(SourcePartition partition, long firstOffset);

  /// Forgets everything, for a rebuild from topics that are not those that were read before.
  /// Changes count anew.
  void clear();

  /// Reports how far the topics reach, for [#progress()].
  void topicsEndAt(Map<SourcePartition, Long> endOffsets);

  /// Commits and releases everything; waiting callers of [#changes] return.
  @Override
  void close();
}
