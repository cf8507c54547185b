package io.chronoscope.testing;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.PublishedResult;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.TopicChange;
import io.chronoscope.wire.ResultJson;
import io.chronoscope.wire.ResultType;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The records of results topics with one partition each, for an index to follow without a broker.
public final class TopicRecords {

  private record Placed(SourcePartition partition, long offset, TopicChange change) {}

  private final List<Placed> records = new ArrayList<>();
  private final Map<SourcePartition, Long> ends = new HashMap<>();

  public void publish(Result... results) {
    for (Result result : results) {
      SourcePartition partition = partition(ResultType.of(result).topic());
      long offset = ends.getOrDefault(partition, 0L);
      add(
          partition,
          new TopicChange.Published(
              new PublishedResult(
                  result,
                  ResultJson.write(result).toString(),
                  new ChunkOrigin(partition.topic(), 0, offset),
                  SampleResults.ORIGIN.plus(Duration.ofSeconds(records.size())))));
    }
  }

  public void remove(Topic topic, String id) {
    add(partition(topic), new TopicChange.Removed(topic, id));
  }

  private void add(SourcePartition partition, TopicChange change) {
    long offset = ends.merge(partition, 1L, Long::sum) - 1;
    records.add(new Placed(partition, offset, change));
  }

  private static SourcePartition partition(Topic topic) {
    return new SourcePartition(TopicNames.DEFAULT.of(topic), 0);
  }

  public Map<SourcePartition, Long> ends() {
    return Map.copyOf(ends);
  }

  /// The next records behind some offsets.
  public IndexBatch after(Map<SourcePartition, Long> offsets, int limit) {
    Map<SourcePartition, Long> next = new HashMap<>(offsets);
    List<TopicChange> changes = new ArrayList<>();
    for (Placed record : records) {
      if (changes.size() < limit
          && record.offset() >= offsets.getOrDefault(record.partition(), 0L)) {
        changes.add(record.change());
        next.put(record.partition(), record.offset() + 1);
      }
    }
    return new IndexBatch(changes, next);
  }

  /// All records, as one batch.
  public IndexBatch all() {
    return after(Map.of(), Integer.MAX_VALUE);
  }
}
