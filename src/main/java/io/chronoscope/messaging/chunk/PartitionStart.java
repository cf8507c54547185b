package io.chronoscope.messaging.chunk;

import io.chronoscope.messaging.delivery.ChunkOffsets;
import io.chronoscope.messaging.delivery.PartitionProgress;
import io.chronoscope.messaging.delivery.StateRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where partitions that were just assigned go on.
///
/// @param progress of each, with the marks of its streams
/// @param kept what was kept of their streams
record PartitionStart(Map<TopicPartition, PartitionProgress> progress, List<StateRecord> kept) {

  private static final Logger LOG = LoggerFactory.getLogger(PartitionStart.class);

  /// Reads the last committed offsets and states. Called on the polling thread, when nobody else
  /// can write them any more. The consumer may have looked at the offsets before that, so it is
  /// told them.
  static PartitionStart read(
      Consumer<?, ?> consumer, Collection<TopicPartition> partitions, StateReader states) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, PartitionProgress> progress = positions(consumer, partitions, ends);
    Map<Integer, TopicPartition> byNumber =
        partitions.stream().collect(Collectors.toMap(TopicPartition::partition, p -> p));
    List<StateRecord> kept =
        states.read(byNumber.keySet()).stream()
            .filter(state -> {
              TopicPartition partition = byNumber.get(state.resumeFrom().partition());
              return partition != null && isOf(state, partition, ends);
            })
            .toList();
    kept.forEach(state ->
        Optional.ofNullable(progress.get(ChunkOffsets.partition(state.resumeFrom())))
            .ifPresent(p -> p.restore(state)));
    return new PartitionStart(progress, kept);
  }

  private static Map<TopicPartition, PartitionProgress> positions(
      Consumer<?, ?> consumer,
      Collection<TopicPartition> partitions,
      Map<TopicPartition, Long> ends) {
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    int generation = consumer.groupMetadata().generationId();
    Map<TopicPartition, PartitionProgress> progress = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long begin = begins.getOrDefault(partition, 0L);
      OffsetAndMetadata left = committed.get(partition);
      if (left != null
          && left.offset() >= begin
          && left.offset() <= ends.getOrDefault(partition, 0L)) {
        consumer.seek(partition, left.offset());
        progress.put(partition, new PartitionProgress(generation, left));
      } else {
        progress.put(partition, new PartitionProgress(generation, begin));
      }
    }
    return progress;
  }

  /// Whether a mark belongs to the topic as it is now. A topic that was deleted and created again
  /// counts from 0, and what was kept says nothing about it.
  private static boolean isOf(
      StateRecord state, TopicPartition partition, Map<TopicPartition, Long> ends) {
    boolean same =
        state.resumeFrom().topic().equals(partition.topic())
            && state.neededFrom() <= ends.getOrDefault(partition, 0L);
    if (!same) {
      LOG.warn(
          "stream {} was kept at {}, which {} does not reach; it begins anew",
          state.stream(),
          state.resumeFrom(),
          partition);
    }
    return same;
  }
}
