package io.chronoscope.search;

import java.util.List;

/// How far the index has read its topics.
///
/// @param phase what the index is doing
/// @param results number of results in the index
public record IndexProgress(Phase phase, long results, List<OfPartition> partitions) {

  public IndexProgress {
    partitions = List.copyOf(partitions);
  }

  /// What the index is doing.
  public enum Phase {
    /// It reads what was published before it was opened.
    BUILDING,
    /// It has read everything that was published when it was opened, and follows.
    FOLLOWING
  }

  /// @param nextOffset offset of the record that is read next
  /// @param endOffset offset behind the partition's last committed record, as last seen
  public record OfPartition(SourcePartition partition, long nextOffset, long endOffset) {

    /// Offsets still to read; control records of transactions count as well.
    public long behind() {
      return Math.max(0, endOffset - nextOffset);
    }
  }

  /// Offsets still to read, over all partitions.
  public long behind() {
    return partitions.stream().mapToLong(OfPartition::behind).sum();
  }
}
