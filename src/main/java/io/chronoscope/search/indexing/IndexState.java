package io.chronoscope.search.indexing;

import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.IndexProgress;
import io.chronoscope.search.SourcePartition;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// What an index keeps beside its documents, so that it knows after a restart where it stands.
///
/// @param schema version of the documents and of the embeddings; another one means a rebuild
/// @param cluster whose records it holds; empty before the first
/// @param build identifies the index among those built one after another
/// @param sequence of the latest change
/// @param forgotten removals up to this sequence are no longer remembered
/// @param offsets where reading resumes
public record IndexState(
    String schema,
    String cluster,
    String build,
    long sequence,
    long forgotten,
    Map<SourcePartition, Long> offsets) {

  /// More changes than this never lie between two commits. After a crash the sequence resumes
  /// beyond every number that may have been handed out.
  public static final long MAX_UNCOMMITTED = 1L << 20;

  private static final String OFFSET = "offset:";

  public IndexState {
    offsets = Map.copyOf(offsets);
  }

  public static IndexState ofNew(String schema) {
    return new IndexState(schema, "", UUID.randomUUID().toString().substring(0, 8), 0, 0, Map.of());
  }

  /// The commit to go on from after a restart, clean or not.
  public IndexState resumed() {
    return new IndexState(schema, cluster, build, sequence + MAX_UNCOMMITTED, forgotten, offsets);
  }

  /// The same with another cluster.
  public IndexState of(String clusterId) {
    return new IndexState(schema, clusterId, build, sequence, forgotten, offsets);
  }

  /// After a batch.
  ///
  /// @param next where reading resumes
  public IndexState after(ChangePosition last, Map<SourcePartition, Long> next) {
    return new IndexState(schema, cluster, build, last.sequence(), forgotten, next);
  }

  /// The same, where removals up to a sequence are no longer remembered.
  public IndexState forgetting(long upTo) {
    return new IndexState(schema, cluster, build, sequence, Math.max(forgotten, upTo), offsets);
  }

  /// Of an index that forgets everything, whose changes count anew.
  public IndexState cleared() {
    return ofNew(schema).of(cluster);
  }

  /// The position of the latest change.
  public ChangePosition position() {
    return new ChangePosition(build, sequence);
  }

  /// Whether everything that changed after a position can be told: it is of this build, and the
  /// removals since are remembered.
  public boolean remembers(ChangePosition after) {
    return after.build().equals(build) && after.sequence() >= forgotten;
  }

  /// As far as a process knows that does not write the index: as if the topics ended here.
  ///
  /// @param results number of results in the index
  public IndexProgress progress(long results) {
    return new IndexProgress(
        IndexProgress.Phase.FOLLOWING,
        results,
        offsets.entrySet().stream()
            .map(one -> new IndexProgress.OfPartition(one.getKey(), one.getValue(), one.getValue()))
            .toList());
  }

  /// As text, see [#read(Map)].
  public Map<String, String> write() {
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
  public static IndexState read(Map<String, String> data) {
    Map<SourcePartition, Long> offsets = new HashMap<>();
    data.forEach((key, value) -> {
      if (key.startsWith(OFFSET)) {
        String[] parts = key.substring(OFFSET.length()).split(":", 2);
        offsets.put(
            new SourcePartition(parts[1], Integer.parseInt(parts[0])), Long.parseLong(value));
      }
    });
    return new IndexState(
        data.getOrDefault("schema", ""),
        data.getOrDefault("cluster", ""),
        data.getOrDefault("build", ""),
        Long.parseLong(data.getOrDefault("sequence", "0")),
        Long.parseLong(data.getOrDefault("forgotten", "0")),
        offsets);
  }
}
