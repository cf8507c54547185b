package io.chronoscope.messaging.chunk;

import io.chronoscope.domain.PrintableText;
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

/// The point from which newly assigned partitions resume.
///
/// @param progress of each partition, restored from the states of its streams
/// @param states of the streams on these partitions
record PartitionStart(Map<TopicPartition, PartitionProgress> progress, List<StateRecord> states) {

  private static final Logger LOG = LoggerFactory.getLogger(PartitionStart.class);

  /// Reads the committed offsets and states. Called on the polling thread, after former owners are
  /// fenced. The consumer may have fetched the committed offsets before that, so this seeks to
  /// them.
  static PartitionStart read(
      Consumer<?, ?> consumer, Collection<TopicPartition> partitions, StateReader reader) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, PartitionProgress> progress = positions(consumer, partitions, ends);
    Map<Integer, TopicPartition> byNumber =
        partitions.stream().collect(Collectors.toMap(TopicPartition::partition, p -> p));
    List<StateRecord> states =
        reader.read(byNumber.keySet()).stream()
            .filter(state -> {
              TopicPartition partition = byNumber.get(state.resumeFrom().partition());
              return partition != null && belongsTo(state, partition, ends);
            })
            .toList();
    states.forEach(state ->
        Optional.ofNullable(progress.get(ChunkOffsets.partition(state.resumeFrom())))
            .ifPresent(p -> p.restore(state)));
    return new PartitionStart(progress, states);
  }

  private static Map<TopicPartition, PartitionProgress> positions(
      Consumer<?, ?> consumer,
      Collection<TopicPartition> partitions,
      Map<TopicPartition, Long> ends) {
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
    int generation = consumer.groupMetadata().generationId();
    Map<TopicPartition, PartitionProgress> progress = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long beginning = beginnings.getOrDefault(partition, 0L);
      OffsetAndMetadata last = committed.get(partition);
      if (last != null
          && last.offset() >= beginning
          && last.offset() <= ends.getOrDefault(partition, 0L)) {
        consumer.seek(partition, last.offset());
        progress.put(partition, new PartitionProgress(generation, last));
      } else {
        progress.put(partition, new PartitionProgress(generation, beginning));
      }
    }
    return progress;
  }

  /// Whether a state belongs to the current topic. The offsets of a topic that was deleted and
  /// created again start at 0, so states of its predecessor do not apply.
  private static boolean belongsTo(
      StateRecord state, TopicPartition partition, Map<TopicPartition, Long> ends) {
    boolean same =
        state.resumeFrom().topic().equals(partition.topic())
            && state.neededFrom() <= ends.getOrDefault(partition, 0L);
    if (!same) {
      LOG.warn(
          "the state of stream {} refers to {}, which is beyond the end of {}; the stream starts"
              + " from scratch",
          PrintableText.of(state.stream()),
          state.resumeFrom(),
          partition);
    }
    return same;
  }
}
