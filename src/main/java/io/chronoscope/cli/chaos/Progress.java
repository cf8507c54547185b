package io.chronoscope.cli.chaos;

import io.chronoscope.messaging.chunk.StateReader;
import io.chronoscope.messaging.delivery.StateRecord;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/// How far a service has come, by what it has committed.
///
/// @param kafka client properties
/// @param group of its instances
record Progress(Admin admin, Map<String, Object> kafka, TopicNames topics, String group) {

  /// Whether all chunks are processed and all streams have ended.
  boolean isComplete() throws InterruptedException, ExecutionException {
    return done() >= total() && liveStreams().isEmpty();
  }

  /// Number of records of the chunks topic that are processed.
  long done() throws InterruptedException {
    try {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .filter(Objects::nonNull)
          .mapToLong(offset -> offset.offset())
          .sum();
    } catch (ExecutionException e) {
      return 0;
    }
  }

  /// Number of records of the chunks topic.
  long total() throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> latest = new LinkedHashMap<>();
    for (int partition = 0; partition < partitions(); partition++) {
      latest.put(new TopicPartition(topics.of(Topic.CHUNKS), partition), OffsetSpec.latest());
    }
    return admin.listOffsets(latest).all().get().values().stream()
        .mapToLong(end -> end.offset())
        .sum();
  }

  /// Streams that have begun and not ended.
  Set<String> liveStreams() throws InterruptedException, ExecutionException {
    Set<Integer> all = IntStream.range(0, partitions()).boxed().collect(Collectors.toSet());
    return StateReader.from(kafka, topics.of(Topic.STATE)).read(all).stream()
        .filter(stream -> stream.state().isPresent())
        .map(StateRecord::stream)
        .collect(Collectors.toSet());
  }

  private int partitions() throws InterruptedException, ExecutionException {
    String chunks = topics.of(Topic.CHUNKS);
    return admin.describeTopics(List.of(chunks)).allTopicNames().get().values().stream()
        .mapToInt(topic -> topic.partitions().size())
        .sum();
  }
}
