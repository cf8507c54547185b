package io.chronoscope.messaging.chunk;

import io.chronoscope.analysis.Intake;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.delivery.ChunkOffsets;
import io.chronoscope.messaging.delivery.Delivery;
import io.chronoscope.messaging.delivery.KafkaCommitSink;
import io.chronoscope.messaging.delivery.MessagingFailure;
import io.chronoscope.messaging.delivery.PartitionProgress.PendingRecord;
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

/// Feeds the analysis from the chunks topic. Records of a partition are passed to [#consume] one
/// after the other; partitions are assigned and revoked on the polling thread.
public final class ChunkFeed {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkFeed.class);
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

  /// Generous bound on how soon the group reports a lost partition to a fenced instance.
  private static final Duration FENCED_TIMEOUT = Duration.ofSeconds(10);

  private final ChunkEnvelope envelope;
  private final Intake intake;
  private final StateReader states;
  private final Delivery delivery;
  private final KafkaCommitSink sink;
  private final ChunkOffsets offsets;
  private final MessagingFailure failure;
  private final MessagingMetrics metrics;
  private final Map<TopicPartition, Object> fenced = new ConcurrentHashMap<>();
  private final Executor delayed =
      CompletableFuture.delayedExecutor(FENCED_TIMEOUT.toSeconds(), TimeUnit.SECONDS);

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

  /// Resumes the streams of newly assigned partitions from their states. Called on the polling
  /// thread, before the first record of these partitions is read.
  public void assigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    metrics.rebalanced();
    if (partitions.isEmpty()) {
      return;
    }
    try {
      // Fences the former owners, so that the states and offsets read next are final.
      delivery.open(partitions, this::fenced);
      PartitionStart start = PartitionStart.read(consumer, partitions, states);
      resume(start);
      metrics.assigned(partitions.size());
      LOG.info("assigned {}; {} streams resume", partitions, start.states().size());
    } catch (RuntimeException | Error e) {
      failure.report("partitions " + partitions + " could not be taken over", e);
    }
  }

  private synchronized void resume(PartitionStart start) {
    start.progress().forEach(offsets::assign);
    fenced.keySet().removeAll(start.progress().keySet());
    for (StateRecord record : start.states()) {
      record.state().ifPresent(state -> intake.resume(state, record.resumeFrom()));
    }
  }

  /// Drains partitions that are about to be revoked: pending writes finish, and nothing more is
  /// published for their streams. Called on the polling thread.
  public void revoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    stopStreams(partitions);
    if (failure.reason().isEmpty()) {
      delivery.drain(partitions, consumer, DRAIN_TIMEOUT);
    } else {
      delivery.abandon(partitions);
    }
    remove(partitions);
    LOG.info("revoked {}", partitions);
  }

  /// Abandons lost partitions: another instance owns them already, so nothing may be written or
  /// committed.
  public void lost(Collection<TopicPartition> partitions) {
    stopStreams(partitions);
    delivery.abandon(partitions);
    remove(partitions);
    LOG.warn("lost {}", partitions);
  }

  private synchronized void stopStreams(Collection<TopicPartition> partitions) {
    Set<String> streams = offsets.beginRevocation(partitions);
    intake.forget(streams::contains);
  }

  private synchronized void remove(Collection<TopicPartition> partitions) {
    offsets.revoke(partitions);
    fenced.keySet().removeAll(partitions);
    metrics.revoked(partitions.size());
  }

  /// Another instance writes for a partition. Normally the group revokes the partition soon; if it
  /// does not, two instances believe they own it, which only a restart resolves.
  private void fenced(TopicPartition partition) {
    Object since = new Object();
    synchronized (this) {
      if (!offsets.isAssigned(partition)) {
        return;
      }
      fenced.put(partition, since);
      stopStreams(List.of(partition));
    }
    delayed.execute(() -> {
      if (fenced.get(partition) == since) {
        failure.report(
            partition + " is assigned to this instance",
            new IllegalStateException("another instance writes for it"));
      }
    });
  }

  /// Consumes the next record of a partition.
  ///
  /// @param generation of the consumer group when the record was read
  /// @return done when there is room for the next record; never, after a failure
  public CompletionStage<Void> consume(ConsumerRecord<byte[], byte[]> record, int generation) {
    try {
      return dispatch(record, generation)
          .handle((room, problem) -> {
            if (problem == null) {
              return CompletableFuture.<Void>completedFuture(null);
            }
            return failed(record, problem);
          })
          .thenCompose(next -> next);
    } catch (RuntimeException | Error e) {
      return failed(record, e);
    }
  }

  private CompletableFuture<Void> failed(ConsumerRecord<byte[], byte[]> record, Throwable problem) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    if (!offsets.isAssigned(partition)) {
      return CompletableFuture.completedFuture(null);
    }
    failure.report(
        "record %s@%d could not be processed".formatted(partition, record.offset()), problem);
    return new CompletableFuture<>();
  }

  private synchronized CompletionStage<Void> dispatch(
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
          new PendingRecord(partition.toString(), RejectedRecord.of(record)),
          String.valueOf(e.getMessage()));
    }
    PendingRecord pending = new PendingRecord(input.stream(), RejectedRecord.of(record, input));
    Optional<TopicPartition> carrier =
        offsets.partitionOf(input.stream()).filter(other -> !other.equals(partition));
    if (carrier.isPresent()) {
      return reject(
          record,
          pending,
          "the stream is already on partition %s; all chunks of a stream must be on one partition"
              .formatted(carrier.get()));
    }
    if (!offsets.add(partition, record.offset(), pending)) {
      metrics.skipped();
      delivery.commitOffset(partition);
      return CompletableFuture.completedFuture(null);
    }
    return intake.offer(input);
  }

  private CompletionStage<Void> reject(
      ConsumerRecord<byte[], byte[]> record, PendingRecord pending, String detail) {
    ChunkOrigin origin = new ChunkOrigin(record.topic(), record.partition(), record.offset());
    TopicPartition partition = ChunkOffsets.partition(origin);
    if (!offsets.addWithoutStream(partition, record.offset(), pending)) {
      metrics.skipped();
      delivery.commitOffset(partition);
      return CompletableFuture.completedFuture(null);
    }
    return sink.reject(
        new DeadLetter(pending.stream(), origin, new Rejection(Reason.BAD_ENVELOPE, detail)));
  }
}
