package io.chronoscope.search.lucene;

import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.SourcePartition;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// What a Lucene commit carries beside the documents, so that both become durable as one.
///
/// @param schema version of the documents and of the embeddings; another one means a rebuild
/// @param cluster whose records it holds; empty before the first
/// @param build identifies the index among those built one after another
/// @param sequence of the latest change
/// @param forgotten removals up to this sequence are no longer remembered
/// @param offsets where reading resumes
record CommitData(
    String schema,
    String cluster,
    String build,
    long sequence,
    long forgotten,
    Map<SourcePartition, Long> offsets) {

  /// More changes than this never lie between two commits. After a crash the sequence resumes
  /// beyond every number that may have been handed out.
  static final long MAX_UNCOMMITTED = 1L << 20;

  private static final String OFFSET = "offset:";

  CommitData {
    offsets = Map.copyOf(offsets);
  }

  static CommitData ofNew(String schema) {
    return new CommitData(schema, "", UUID.randomUUID().toString().substring(0, 8), 0, 0, Map.of());
  }

  /// The commit to go on from after a restart, clean or not.
  CommitData resumed() {
    return new CommitData(schema, cluster, build, sequence + MAX_UNCOMMITTED, forgotten, offsets);
  }

  /// The same with another cluster.
  CommitData of(String clusterId) {
    return new CommitData(schema, clusterId, build, sequence, forgotten, offsets);
  }

  ChangePosition position() {
    return new ChangePosition(build, sequence);
  }

  Map<String, String> write() {
    Map<String, String> data = new HashMap<>();
    data.put("schema", schema);
    data.put("cluster", cluster);
    data.put("build", build);
    data.put("sequence", Long.toString(sequence));
    data.put("forgotten", Long.toString(forgotten));
    offsets.forEach((partition, next) ->
        data.put(OFFSET + partition.partition() + ":" + partition.topic(), Long.toString(next)));
    return data;
  }

  /// Data that this class did not write has another schema.
  static CommitData read(Map<String, String> data) {
    Map<SourcePartition, Long> offsets = new HashMap<>();
    data.forEach((key, value) -> {
      if (key.startsWith(OFFSET)) {
        String[] parts = key.substring(OFFSET.length()).split(":", 2);
        offsets.put(
            new SourcePartition(parts[1], Integer.parseInt(parts[0])), Long.parseLong(value));
      }
    });
    return new CommitData(
        data.getOrDefault("schema", ""),
        data.getOrDefault("cluster", ""),
        data.getOrDefault("build", ""),
        Long.parseLong(data.getOrDefault("sequence", "0")),
        Long.parseLong(data.getOrDefault("forgotten", "0")),
        offsets);
  }
}
