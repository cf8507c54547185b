package io.chronoscope.search;

import java.util.List;
import java.util.Map;

/// Records of several partitions and where reading resumes after them.
///
/// @param changes in the order of each partition
/// @param nextOffsets for each partition that was read, the offset after its last record, whether
///   or not it brought a change
public record IndexBatch(List<TopicChange> changes, Map<SourcePartition, Long> nextOffsets) {

  public IndexBatch {
    changes = List.copyOf(changes);
    nextOffsets = Map.copyOf(nextOffsets);
  }
}
