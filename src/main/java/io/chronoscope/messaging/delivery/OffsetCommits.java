package io.chronoscope.messaging.delivery;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Commits what is due, one commit at a time; what becomes due meanwhile goes with the next. A
/// commit may fail, because the group is being rearranged: nothing is lost by that, only read
/// again.
final class OffsetCommits {

  private static final Logger LOG = LoggerFactory.getLogger(OffsetCommits.class);

  /// Commits offsets for the consumer group.
  @FunctionalInterface
  public interface Committer {

    /// @param offsets of each partition the first that is not done with
    CompletionStage<Void> commit(Map<TopicPartition, OffsetAndMetadata> offsets);
  }

  /// Told of offsets that were committed.
  @FunctionalInterface
  interface OnCommitted {
    void committed(TopicPartition partition, OffsetAndMetadata offset);
  }

  private final ChunkOffsets offsets;
  private final Committer committer;
  private final OnCommitted onCommitted;
  private boolean committing;
  private boolean wanted;

  OffsetCommits(ChunkOffsets offsets, Committer committer, OnCommitted onCommitted) {
    this.offsets = offsets;
    this.committer = committer;
    this.onCommitted = onCommitted;
  }

  /// Sees to it that what is due now is committed soon.
  void commit() {
    Map<TopicPartition, OffsetAndMetadata> due;
    synchronized (this) {
      if (committing) {
        wanted = true;
        return;
      }
      wanted = false;
      due = offsets.due();
      if (due.isEmpty()) {
        return;
      }
      committing = true;
    }
    send(due)
        .whenComplete((done, problem) -> {
          if (problem == null) {
            due.forEach(onCommitted::committed);
          } else {
            LOG.warn("offsets {} were not committed: {}", due, problem.toString());
          }
          boolean again;
          synchronized (this) {
            committing = false;
            again = wanted;
          }
          if (again) {
            commit();
          }
        });
  }

  private CompletionStage<Void> send(Map<TopicPartition, OffsetAndMetadata> due) {
    try {
      return committer.commit(due);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
