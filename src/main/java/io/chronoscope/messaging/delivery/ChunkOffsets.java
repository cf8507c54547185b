package io.chronoscope.messaging.delivery;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.messaging.delivery.PartitionProgress.PendingRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// Progress of all assigned partitions. Commits nothing itself: a [Delivery] commits the offsets
/// that are due. Thread-safe.
public final class ChunkOffsets {

  private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();
  private final Set<TopicPartition> revoking = new HashSet<>();

  public static TopicPartition partition(ChunkOrigin origin) {
    return new TopicPartition(origin.topic(), origin.partition());
  }

  public synchronized void assign(TopicPartition partition, PartitionProgress progress) {
    partitions.put(partition, progress);
    revoking.remove(partition);
  }

  /// Stops accepting records of partitions that are about to be revoked; pending writes still
  /// count.
  ///
  /// @return the streams of these partitions
  public synchronized Set<String> beginRevocation(Collection<TopicPartition> affected) {
    Set<String> streams = new HashSet<>();
    for (TopicPartition partition : affected) {
      PartitionProgress progress = partitions.get(partition);
      if (progress != null) {
        revoking.add(partition);
        streams.addAll(progress.streams());
      }
    }
    return streams;
  }

  /// Removes revoked partitions.
  public synchronized void revoke(Collection<TopicPartition> revoked) {
    revoked.forEach(partitions::remove);
    revoked.forEach(revoking::remove);
  }

  /// Whether the partition is assigned to this instance, and was in this group generation.
  public synchronized boolean isAssigned(TopicPartition partition, int generation) {
    PartitionProgress progress = partitions.get(partition);
    return progress != null && !revoking.contains(partition) && generation >= progress.generation();
  }

  /// Whether the partition is assigned to this instance and not about to be revoked.
  public synchronized boolean isAssigned(TopicPartition partition) {
    return partitions.containsKey(partition) && !revoking.contains(partition);
  }

  /// The partition on which chunks of a stream were read.
  public synchronized Optional<TopicPartition> partitionOf(String stream) {
    return partitions.entrySet().stream()
        .filter(entry -> entry.getValue().streams().contains(stream))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /// @see PartitionProgress#add
  public synchronized boolean add(TopicPartition partition, long offset, PendingRecord record) {
    PartitionProgress progress = partitions.get(partition);
    return progress != null && progress.add(offset, record);
  }

  /// @see PartitionProgress#addWithoutStream
  public synchronized boolean addWithoutStream(
      TopicPartition partition, long offset, PendingRecord record) {
    PartitionProgress progress = partitions.get(partition);
    return progress != null && progress.addWithoutStream(offset, record);
  }

  synchronized Optional<PendingRecord> pending(ChunkOrigin origin) {
    return Optional.ofNullable(partitions.get(partition(origin)))
        .flatMap(progress -> progress.pending(origin.offset()));
  }

  /// The current assignment of a partition; a different object after it was lost and assigned
  /// again.
  synchronized Optional<PartitionProgress> assignment(TopicPartition partition) {
    return Optional.ofNullable(partitions.get(partition));
  }

  /// Acknowledges the records that are no longer needed once the unit is durable.
  void acknowledge(WriteUnit unit) {
    assignment(unit.partition()).ifPresent(now -> acknowledge(unit, now));
  }

  /// The same, unless the partition was lost since.
  ///
  /// @param assignment in which the unit was created
  synchronized void acknowledge(WriteUnit unit, PartitionProgress assignment) {
    PartitionProgress progress = partitions.get(unit.partition());
    if (progress != assignment) {
      return;
    }
    switch (unit) {
      case WriteUnit.OfCommit(var commit) -> {
        long neededFrom = StateRecord.after(commit).neededFrom();
        if (commit.state().isPresent()) {
          progress.acknowledge(commit.stream(), neededFrom);
        } else {
          progress.acknowledgeEnd(commit.stream(), neededFrom);
        }
      }
      case WriteUnit.OfRejection(var letter) ->
          progress.acknowledgeWithoutStream(letter.origin().offset());
    }
  }

  /// Number of records that were read and are still needed.
  public synchronized int outstanding() {
    return partitions.values().stream().mapToInt(PartitionProgress::outstanding).sum();
  }

  /// The lowest needed offset of every assigned partition.
  public synchronized Map<TopicPartition, Long> committable() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    partitions.forEach((partition, progress) -> offsets.put(partition, progress.committable()));
    return offsets;
  }

  /// Offsets of these partitions that are to be committed and are not yet.
  synchronized Map<TopicPartition, OffsetAndMetadata> due(Collection<TopicPartition> of) {
    Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
    for (TopicPartition partition : of) {
      Optional.ofNullable(partitions.get(partition))
          .flatMap(PartitionProgress::due)
          .ifPresent(offset -> due.put(partition, offset));
    }
    return due;
  }

  /// Offsets of all partitions that are to be committed and are not yet.
  synchronized Map<TopicPartition, OffsetAndMetadata> due() {
    return due(Set.copyOf(partitions.keySet()));
  }

  /// @see PartitionProgress#committed
  synchronized List<String> committed(TopicPartition partition, OffsetAndMetadata offset) {
    PartitionProgress progress = partitions.get(partition);
    return progress == null ? List.of() : progress.committed(offset);
  }

  /// Whether chunks of a stream were read on a partition.
  synchronized boolean carries(TopicPartition partition, String stream) {
    PartitionProgress progress = partitions.get(partition);
    return progress != null && progress.streams().contains(stream);
  }
}
