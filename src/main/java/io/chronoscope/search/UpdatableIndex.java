package io.chronoscope.search;

import java.time.Instant;
import java.util.Map;

/// A [ResultIndex] and what keeps it up to date. Only one thread may call the methods of this
/// interface; those of [ResultIndex] run beside them.
public interface UpdatableIndex extends ResultIndex, AutoCloseable {

  /// The offset at which reading resumes, for each partition that was read before. Everything below
  /// it is durable in the index.
  Map<SourcePartition, Long> durableOffsets();

  /// Applies records in order and makes them visible to readers. An older revision than the indexed
  /// one changes nothing, so that records may be applied twice.
  void apply(IndexBatch batch);

  /// Makes everything applied so far durable, together with the offsets it ends at.
  void commit();

  /// Removes results that ended before a time, and what was remembered of them.
  void removeBefore(Instant time);

  /// Reports how far the topics reach, for [#progress()].
  void topicsEndAt(Map<SourcePartition, Long> endOffsets);

  /// Commits and releases everything; waiting callers of [#changes] return.
  @Override
  void close();
}
