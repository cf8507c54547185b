package io.chronoscope.messaging;

import io.chronoscope.analysis.Step;
import io.chronoscope.messaging.PartitionProgress.Taken;
import io.chronoscope.model.ChunkOrigin;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The progress of all partitions that are assigned here, and the commits that follow from it. One
/// commit is under way at a time; what is released meanwhile goes with the next. Thread-safe.
final class ChunkOffsets {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkOffsets.class);

  /// Commits offsets for the consumer group.
  @FunctionalInterface
  interface Committer {

    /// @param offsets of each partition the first that is not done with
    CompletionStage<Void> commit(Map<TopicPartition, Long> offsets);
  }

  private final Committer committer;
  private final BiConsumer<TopicPartition, String> onGone;
  private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();
  private boolean committing;
  private CompletableFuture<Void> nextCommit = new CompletableFuture<>();
  private boolean commitWanted;

  /// @param onGone told of streams that are over and committed to their end
  ChunkOffsets(Committer committer, BiConsumer<TopicPartition, String> onGone) {
    this.committer = committer;
    this.onGone = onGone;
  }

  static TopicPartition partition(ChunkOrigin origin) {
    return new TopicPartition(origin.topic(), origin.partition());
  }

  synchronized void assign(TopicPartition partition, PartitionProgress progress) {
    partitions.put(partition, progress);
  }

  /// Forgets partitions that moved away.
  ///
  /// @return what may be committed of them
  synchronized Map<TopicPartition, Long> revoke(Collection<TopicPartition> revoked) {
    Map<TopicPartition, Long> committable = new HashMap<>();
    for (TopicPartition partition : revoked) {
      PartitionProgress progress = partitions.remove(partition);
      if (progress != null && progress.committable() > progress.committed()) {
        committable.put(partition, progress.committable());
      }
    }
    return committable;
  }

  /// Whether the partition is assigned here, and was when a record of this generation was read.
  synchronized boolean isAssigned(TopicPartition partition, int generation) {
    PartitionProgress progress = partitions.get(partition);
    return progress != null && generation >= progress.generation();
  }

  synchronized boolean isAssigned(TopicPartition partition) {
    return partitions.containsKey(partition);
  }

  /// The partition that carries a stream already.
  synchronized Optional<TopicPartition> carrier(String stream) {
    return partitions.entrySet().stream()
        .filter(entry -> entry.getValue().streams().contains(stream))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  synchronized Set<String> streams(Collection<TopicPartition> of) {
    Set<String> streams = new HashSet<>();
    for (TopicPartition partition : of) {
      PartitionProgress progress = partitions.get(partition);
      if (progress != null) {
        streams.addAll(progress.streams());
      }
    }
    return streams;
  }

  /// @see PartitionProgress#take
  synchronized boolean take(TopicPartition partition, long offset, Taken record) {
    PartitionProgress progress = partitions.get(partition);
    return progress != null && progress.take(offset, record);
  }

  /// @see PartitionProgress#takeAlone
  synchronized void takeAlone(TopicPartition partition, long offset, Taken record) {
    PartitionProgress progress = partitions.get(partition);
    if (progress != null) {
      progress.takeAlone(offset, record);
    }
  }

  synchronized Optional<Taken> taken(ChunkOrigin origin) {
    return Optional.ofNullable(partitions.get(partition(origin)))
        .flatMap(progress -> progress.taken(origin.offset()));
  }

  /// Lets go of what a durable step no longer needs.
  synchronized void release(Step step) {
    PartitionProgress progress = partitions.get(partition(step.resumeFrom()));
    if (progress != null) {
      progress.release(step.stream(), StateRecord.after(step).neededFrom(), step.after().isEmpty());
    }
  }

  /// Lets go of a single record.
  synchronized void release(ChunkOrigin origin) {
    PartitionProgress progress = partitions.get(partition(origin));
    if (progress != null) {
      progress.release(origin.offset());
    }
  }

  /// Records that were read and are still needed.
  synchronized int outstanding() {
    return partitions.values().stream().mapToInt(PartitionProgress::outstanding).sum();
  }

  synchronized Map<TopicPartition, Long> committable() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    partitions.forEach((partition, progress) -> offsets.put(partition, progress.committable()));
    return offsets;
  }

  /// Commits what can be committed now.
  ///
  /// @return done when a commit that includes it came back. It may have failed, because the group
  ///   is being rearranged: nothing is lost by that, only read again
  CompletionStage<Void> commit() {
    CompletableFuture<Void> done;
    synchronized (this) {
      commitWanted = true;
      done = nextCommit;
    }
    commitNext();
    return done;
  }

  private void commitNext() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    CompletableFuture<Void> done;
    synchronized (this) {
      if (committing || !commitWanted) {
        return;
      }
      commitWanted = false;
      done = nextCommit;
      nextCommit = new CompletableFuture<>();
      partitions.forEach((partition, progress) -> {
        if (progress.committable() > progress.committed()) {
          offsets.put(partition, progress.committable());
        }
      });
      committing = !offsets.isEmpty();
    }
    if (offsets.isEmpty()) {
      done.complete(null);
      commitNext();
      return;
    }
    committer
        .commit(offsets)
        .whenComplete((committed, failure) -> {
          if (failure == null) {
            noteCommitted(offsets);
          } else {
            LOG.warn("offsets {} were not committed: {}", offsets, failure.toString());
          }
          synchronized (this) {
            committing = false;
          }
          done.complete(null);
          commitNext();
        });
  }

  private CompletionStage<Void> send(Map<TopicPartition, Long> offsets) {
    try {
      return committer.commit(offsets);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void noteCommitted(Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, List<String>> gone = new HashMap<>();
    synchronized (this) {
      offsets.forEach((partition, offset) -> {
        PartitionProgress progress = partitions.get(partition);
        if (progress != null) {
          gone.put(partition, progress.committed(offset));
        }
      });
    }
    gone.forEach(
        (partition, streams) -> streams.forEach(stream -> onGone.accept(partition, stream)));
  }
}
