package io.chronoscope.messaging.delivery;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.messaging.delivery.PartitionProgress.Taken;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// The progress of all partitions that are assigned here. Commits nothing itself: a [Delivery]
/// does, with what is due here. Thread-safe.
public final class ChunkOffsets {

  private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();
  private final Set<TopicPartition> leaving = new HashSet<>();

  public static TopicPartition partition(ChunkOrigin origin) {
    return new TopicPartition(origin.topic(), origin.partition());
  }

  public synchronized void assign(TopicPartition partition, PartitionProgress progress) {
    partitions.put(partition, progress);
    leaving.remove(partition);
  }

  /// From now on nothing more is taken from these partitions; what is being written still counts.
  ///
  /// @return the streams they carry
  public synchronized Set<String> leave(Collection<TopicPartition> moving) {
    Set<String> streams = new HashSet<>();
    for (TopicPartition partition : moving) {
      PartitionProgress progress = partitions.get(partition);
      if (progress != null) {
        leaving.add(partition);
        streams.addAll(progress.streams());
      }
    }
    return streams;
  }

  /// Forgets partitions that moved away.
  public synchronized void revoke(Collection<TopicPartition> revoked) {
    revoked.forEach(partitions::remove);
    revoked.forEach(leaving::remove);
  }

  /// Whether the partition is assigned here, and was when a record of this generation was read.
  public synchronized boolean isAssigned(TopicPartition partition, int generation) {
    PartitionProgress progress = partitions.get(partition);
    return progress != null && !leaving.contains(partition) && generation >= progress.generation();
  }

  public synchronized boolean isAssigned(TopicPartition partition) {
    return partitions.containsKey(partition) && !leaving.contains(partition);
  }

  /// The partition that carries a stream already.
  public synchronized Optional<TopicPartition> carrier(String stream) {
    return partitions.entrySet().stream()
        .filter(entry -> entry.getValue().streams().contains(stream))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /// @see PartitionProgress#take
  public synchronized boolean take(TopicPartition partition, long offset, Taken record) {
    PartitionProgress progress = partitions.get(partition);
    return progress != null && progress.take(offset, record);
  }

  /// @see PartitionProgress#takeAlone
  public synchronized boolean takeAlone(TopicPartition partition, long offset, Taken record) {
    PartitionProgress progress = partitions.get(partition);
    return progress != null && progress.takeAlone(offset, record);
  }

  synchronized Optional<Taken> taken(ChunkOrigin origin) {
    return Optional.ofNullable(partitions.get(partition(origin)))
        .flatMap(progress -> progress.taken(origin.offset()));
  }

  /// The present assignment of a partition: another one, if it is lost and comes back.
  synchronized Optional<PartitionProgress> assignment(TopicPartition partition) {
    return Optional.ofNullable(partitions.get(partition));
  }

  /// Lets go of what is no longer needed once the portion is durable.
  void release(WriteUnit portion) {
    assignment(portion.partition()).ifPresent(now -> release(portion, now));
  }

  /// The same, unless the partition was lost since.
  ///
  /// @param during the assignment in which the portion was made
  synchronized void release(WriteUnit portion, PartitionProgress during) {
    PartitionProgress progress = partitions.get(portion.partition());
    if (progress != during) {
      return;
    }
    switch (portion) {
      case WriteUnit.OfStep(var step) ->
          progress.release(
              step.stream(), StateRecord.after(step).neededFrom(), step.state().isEmpty());
      case WriteUnit.OfRecord(var letter) -> progress.release(letter.origin().offset());
    }
  }

  /// Records that were read and are still needed.
  public synchronized int outstanding() {
    return partitions.values().stream().mapToInt(PartitionProgress::outstanding).sum();
  }

  public synchronized Map<TopicPartition, Long> committable() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    partitions.forEach((partition, progress) -> offsets.put(partition, progress.committable()));
    return offsets;
  }

  /// What is to be committed of these partitions and is not yet.
  synchronized Map<TopicPartition, OffsetAndMetadata> due(Collection<TopicPartition> of) {
    Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
    for (TopicPartition partition : of) {
      Optional.ofNullable(partitions.get(partition))
          .flatMap(PartitionProgress::due)
          .ifPresent(offset -> due.put(partition, offset));
    }
    return due;
  }

  /// What is to be committed of all partitions and is not yet.
  synchronized Map<TopicPartition, OffsetAndMetadata> due() {
    return due(Set.copyOf(partitions.keySet()));
  }

  /// @see PartitionProgress#committed
  synchronized List<String> committed(TopicPartition partition, OffsetAndMetadata offset) {
    PartitionProgress progress = partitions.get(partition);
    return progress == null ? List.of() : progress.committed(offset);
  }

  /// Whether a partition carries a stream.
  synchronized boolean carries(TopicPartition partition, String stream) {
    PartitionProgress progress = partitions.get(partition);
    return progress != null && progress.streams().contains(stream);
  }
}
