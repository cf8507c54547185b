package io.chronoscope.messaging.chunk;

import io.chronoscope.analysis.Intake;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.messaging.delivery.ChunkOffsets;
import io.chronoscope.messaging.delivery.Delivery;
import io.chronoscope.messaging.delivery.KafkaCommitSink;
import io.chronoscope.messaging.delivery.MessagingFailure;
import io.chronoscope.messaging.delivery.MessagingMetrics;
import io.chronoscope.messaging.delivery.PartitionProgress.Taken;
import io.chronoscope.messaging.delivery.StateRecord;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ChunkEnvelope.NoStreamException;
import io.chronoscope.wire.RejectedRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Feeds the analysis from the chunks' topic. Records of a partition are handed to [#take] one
/// after the other; partitions come and go on the polling thread.
public final class ChunkFeed {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkFeed.class);
  private static final Duration SETTLE_AT_MOST = Duration.ofSeconds(10);

  /// How soon the group tells an instance that it has lost a partition, amply.
  private static final Duration FENCED_AT_MOST = Duration.ofSeconds(10);

  private final ChunkEnvelope envelope;
  private final Intake intake;
  private final StateReader states;
  private final Delivery delivery;
  private final KafkaCommitSink sink;
  private final ChunkOffsets offsets;
  private final MessagingFailure failure;
  private final MessagingMetrics metrics;
  private final Map<TopicPartition, Object> fenced = new ConcurrentHashMap<>();
  private final Executor later =
      CompletableFuture.delayedExecutor(FENCED_AT_MOST.toSeconds(), TimeUnit.SECONDS);

  public ChunkFeed(
      ChunkEnvelope envelope,
      Intake intake,
      StateReader states,
      Delivery delivery,
      KafkaCommitSink sink,
      ChunkOffsets offsets,
      MessagingFailure failure,
      MessagingMetrics metrics) {
    this.envelope = envelope;
    this.intake = intake;
    this.states = states;
    this.delivery = delivery;
    this.sink = sink;
    this.offsets = offsets;
    this.failure = failure;
    this.metrics = metrics;
  }

  /// Partitions were assigned: their streams go on from what was kept of them. Called on the
  /// polling thread, before the first record of these partitions is read.
  public void assigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    metrics.rebalanced();
    if (partitions.isEmpty()) {
      return;
    }
    try {
      // Whoever had them before can no longer write or commit, so that what is read now is the
      // last.
      delivery.open(partitions, this::fenced);
      PartitionStart start = PartitionStart.read(consumer, partitions, states);
      begin(start);
      metrics.assigned(partitions.size());
      LOG.info("assigned {}; {} streams go on", partitions, start.kept().size());
    } catch (RuntimeException e) {
      failure.report("partitions " + partitions + " could not be taken over", e);
    }
  }

  private synchronized void begin(PartitionStart start) {
    start.progress().forEach(offsets::assign);
    fenced.keySet().removeAll(start.progress().keySet());
    for (StateRecord record : start.kept()) {
      record.state().ifPresent(state -> intake.resume(state, record.resumeFrom()));
    }
  }

  /// Partitions are to move away: what is being written is finished, and nothing more is published
  /// for their streams. Called on the polling thread.
  public void revoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    leave(partitions);
    if (failure.reason().isEmpty()) {
      delivery.finish(partitions, consumer, SETTLE_AT_MOST);
    } else {
      delivery.drop(partitions);
    }
    gone(partitions);
    LOG.info("gave up {}", partitions);
  }

  /// Partitions were lost: somebody else has them already, so nothing may be written or committed.
  public void lost(Collection<TopicPartition> partitions) {
    leave(partitions);
    delivery.drop(partitions);
    gone(partitions);
    LOG.warn("lost {}", partitions);
  }

  private synchronized void leave(Collection<TopicPartition> partitions) {
    Set<String> streams = offsets.leave(partitions);
    intake.forget(streams::contains);
  }

  private synchronized void gone(Collection<TopicPartition> partitions) {
    offsets.revoke(partitions);
    fenced.keySet().removeAll(partitions);
    metrics.revoked(partitions.size());
  }

  /// Somebody else writes for a partition. The group will say so too, and then all is well; if it
  /// does not, then two believe to have it, and starting anew is what clears that up.
  private void fenced(TopicPartition partition) {
    Object since = new Object();
    synchronized (this) {
      if (!offsets.isAssigned(partition)) {
        return;
      }
      fenced.put(partition, since);
      leave(List.of(partition));
    }
    later.execute(() -> {
      if (fenced.get(partition) == since) {
        failure.report(
            partition + " is assigned here",
            new IllegalStateException("another instance writes for it"));
      }
    });
  }

  /// Takes the next record of a partition.
  ///
  /// @param generation of the consumer group when the record was read
  /// @return done when there is room for the next one; never, after a failure
  public CompletionStage<Void> take(ConsumerRecord<byte[], byte[]> record, int generation) {
    try {
      return handOn(record, generation)
          .handle((room, problem) -> {
            if (problem == null) {
              return CompletableFuture.<Void>completedFuture(null);
            }
            return stopped(record, problem);
          })
          .thenCompose(next -> next);
    } catch (RuntimeException e) {
      return stopped(record, e);
    }
  }

  private CompletableFuture<Void> stopped(
      ConsumerRecord<byte[], byte[]> record, Throwable problem) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    if (!offsets.isAssigned(partition)) {
      return CompletableFuture.completedFuture(null);
    }
    failure.report(
        "record %s@%d could not be handed on".formatted(partition, record.offset()), problem);
    return new CompletableFuture<>();
  }

  private synchronized CompletionStage<Void> handOn(
      ConsumerRecord<byte[], byte[]> record, int generation) {
    if (failure.reason().isPresent()) {
      return new CompletableFuture<>();
    }
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    if (!offsets.isAssigned(partition, generation)) {
      return CompletableFuture.completedFuture(null);
    }
    int sizeBytes = record.value() == null ? 0 : record.value().length;
    metrics.received(sizeBytes);
    StreamInput input;
    try {
      input = envelope.read(record);
    } catch (NoStreamException e) {
      return reject(
          record,
          new Taken(partition.toString(), RejectedRecord.of(record)),
          String.valueOf(e.getMessage()));
    }
    Taken taken = new Taken(input.stream(), RejectedRecord.of(record, input));
    Optional<TopicPartition> carrier =
        offsets.carrier(input.stream()).filter(other -> !other.equals(partition));
    if (carrier.isPresent()) {
      return reject(
          record,
          taken,
          "stream comes on %s already; all of its chunks belong on one partition"
              .formatted(carrier.get()));
    }
    if (!offsets.take(partition, record.offset(), taken)) {
      metrics.skipped();
      delivery.advance(partition);
      return CompletableFuture.completedFuture(null);
    }
    return intake.offer(input);
  }

  private CompletionStage<Void> reject(
      ConsumerRecord<byte[], byte[]> record, Taken taken, String detail) {
    ChunkOrigin origin = new ChunkOrigin(record.topic(), record.partition(), record.offset());
    TopicPartition partition = ChunkOffsets.partition(origin);
    if (!offsets.takeAlone(partition, record.offset(), taken)) {
      metrics.skipped();
      delivery.advance(partition);
      return CompletableFuture.completedFuture(null);
    }
    return sink.reject(
        new DeadLetter(taken.stream(), origin, new Rejection(Reason.BAD_ENVELOPE, detail)));
  }
}
