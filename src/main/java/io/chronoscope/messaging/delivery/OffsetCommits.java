package io.chronoscope.messaging.delivery;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Commits due offsets, one commit at a time; offsets that become due meanwhile go with the next. A
/// commit may fail because of a rebalance; the records are then read again, and none is lost.
/// Thread-safe.
final class OffsetCommits {

  private static final Logger LOG = LoggerFactory.getLogger(OffsetCommits.class);

  /// Receives every committed offset.
  @FunctionalInterface
  interface OnCommitted {
    void committed(TopicPartition partition, OffsetAndMetadata offset);
  }

  private final ChunkOffsets offsets;
  private final AtLeastOnce.Committer committer;
  private final OnCommitted onCommitted;
  private boolean committing;
  private boolean requestedMeanwhile;

  OffsetCommits(ChunkOffsets offsets, AtLeastOnce.Committer committer, OnCommitted onCommitted) {
    this.offsets = offsets;
    this.committer = committer;
    this.onCommitted = onCommitted;
  }

  /// Commits what is due now: at once, or after the commit in progress.
  void commit() {
    Map<TopicPartition, OffsetAndMetadata> due;
    synchronized (this) {
      if (committing) {
        requestedMeanwhile = true;
        return;
      }
      requestedMeanwhile = false;
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
            again = requestedMeanwhile;
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
