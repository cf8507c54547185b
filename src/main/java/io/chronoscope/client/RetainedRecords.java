package io.chronoscope.client;

import io.chronoscope.domain.ChunkOrigin;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Reads single records by position, within the retention of their topics. Committed records only;
/// no group's offsets move. For use by one thread.
public final class RetainedRecords implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(500);

  private final KafkaConsumer<byte[], byte[]> consumer;

  /// @param kafka client properties, at least `bootstrap.servers`
  public RetainedRecords(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    this.consumer = ConsumerSettings.openWithoutGroup(properties);
  }

  /// Which of these records are retained, judging by the first and last offsets of their
  /// partitions. Compaction may have removed further ones; only [#find] can tell.
  public Set<ChunkOrigin> retained(Collection<ChunkOrigin> origins) {
    Set<TopicPartition> partitions = new HashSet<>();
    origins.forEach(origin -> partitions.add(partition(origin)));
    partitions.removeIf(one -> !exists(one));
    Map<TopicPartition, Long> begin = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
    Set<ChunkOrigin> retained = new HashSet<>();
    for (ChunkOrigin origin : origins) {
      TopicPartition one = partition(origin);
      if (partitions.contains(one)
          && origin.offset() >= begin.getOrDefault(one, Long.MAX_VALUE)
          && origin.offset() < end.getOrDefault(one, 0L)) {
        retained.add(origin);
      }
    }
    return retained;
  }

  /// The record itself; empty when it is no longer retained.
  ///
  /// @throws IllegalStateException when the broker does not deliver it in time
  public Optional<ConsumerRecord<byte[], byte[]>> find(ChunkOrigin origin) {
    if (retained(List.of(origin)).isEmpty()) {
      return Optional.empty();
    }
    TopicPartition partition = partition(origin);
    consumer.assign(List.of(partition));
    consumer.seek(partition, origin.offset());
    long until = System.nanoTime() + TIMEOUT.toNanos();
    while (System.nanoTime() - until < 0) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        return record.offset() == origin.offset() ? Optional.of(record) : Optional.empty();
      }
      if (consumer.position(partition) > origin.offset()) {
        return Optional.empty();
      }
    }
    throw new IllegalStateException(origin + " could not be read in " + TIMEOUT.toSeconds() + " s");
  }

  private boolean exists(TopicPartition partition) {
    return Optional.ofNullable(consumer.partitionsFor(partition.topic())).stream()
        .flatMap(List::stream)
        .anyMatch(one -> one.partition() == partition.partition());
  }

  private static TopicPartition partition(ChunkOrigin origin) {
    return new TopicPartition(origin.topic(), origin.partition());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
