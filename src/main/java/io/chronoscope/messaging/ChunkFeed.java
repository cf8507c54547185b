package io.chronoscope.messaging;

import io.chronoscope.analysis.Intake;
import io.chronoscope.messaging.PartitionProgress.Taken;
import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.model.Rejection;
import io.chronoscope.model.Rejection.Reason;
import io.chronoscope.model.Result.DeadLetter;
import io.chronoscope.model.StreamInput;
import io.chronoscope.record.ChunkEnvelope;
import io.chronoscope.record.ChunkEnvelope.NoStreamException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Feeds the analysis from the chunks' topic. Records of a partition are handed to [#take] one
/// after the other; partitions come and go on the polling thread.
final class ChunkFeed {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkFeed.class);
  private static final Duration SETTLE_AT_MOST = Duration.ofSeconds(10);

  private final ChunkEnvelope envelope;
  private final Intake intake;
  private final StateReader states;
  private final KafkaStepSink sink;
  private final ChunkOffsets offsets;
  private final MessagingFailure failure;
  private final MessagingMetrics metrics;

  ChunkFeed(
      ChunkEnvelope envelope,
      Intake intake,
      StateReader states,
      KafkaStepSink sink,
      MessagingFailure failure,
      MessagingMetrics metrics) {
    this.envelope = envelope;
    this.intake = intake;
    this.states = states;
    this.sink = sink;
    this.offsets = sink.offsets();
    this.failure = failure;
    this.metrics = metrics;
  }

  /// Partitions were assigned: their streams go on from what was kept of them. Called on the
  /// polling thread, before the first record of these partitions is read.
  synchronized void assigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    try {
      Map<TopicPartition, Long> ends = endOffsets(consumer, partitions);
      Map<Integer, TopicPartition> byNumber =
          partitions.stream().collect(Collectors.toMap(TopicPartition::partition, p -> p));
      Map<TopicPartition, PartitionProgress> progress = new HashMap<>();
      int generation = consumer.groupMetadata().generationId();
      partitions.forEach(
          p -> progress.put(p, new PartitionProgress(generation, consumer.position(p))));
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
      progress.forEach(offsets::assign);
      kept.forEach(
          record -> record.state().ifPresent(state -> intake.resume(state, record.resumeFrom())));
      metrics.assigned(partitions.size());
      LOG.info("assigned {}; {} streams go on", partitions, kept.size());
    } catch (RuntimeException e) {
      failure.report("partitions " + partitions + " could not be taken over", e);
    }
  }

  private static Map<TopicPartition, Long> endOffsets(
      Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    return consumer.endOffsets(partitions);
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

  /// Partitions are to move away: nothing more is published for their streams, and what is done
  /// with is committed. Called on the polling thread.
  synchronized void revoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    Set<String> streams = offsets.streams(partitions);
    intake.forget(streams::contains);
    Map<TopicPartition, Long> committable = offsets.revoke(partitions);
    sink.settle(partitions, SETTLE_AT_MOST);
    metrics.revoked(partitions.size());
    LOG.info("gave up {}", partitions);
    if (!committable.isEmpty() && failure.reason().isEmpty()) {
      Map<TopicPartition, OffsetAndMetadata> commit = new HashMap<>();
      committable.forEach((p, offset) -> commit.put(p, new OffsetAndMetadata(offset)));
      try {
        consumer.commitSync(commit, SETTLE_AT_MOST);
      } catch (KafkaException e) {
        LOG.warn("offsets {} were not committed: {}", committable, e.toString());
      }
    }
  }

  /// Partitions were lost: somebody else has them already, so nothing may be committed.
  synchronized void lost(Collection<TopicPartition> partitions) {
    Set<String> streams = offsets.streams(partitions);
    intake.forget(streams::contains);
    offsets.revoke(partitions);
    metrics.revoked(partitions.size());
    LOG.warn("lost {}", partitions);
  }

  /// Takes the next record of a partition.
  ///
  /// @param generation of the consumer group when the record was read
  /// @return done when there is room for the next one; never, after a failure
  CompletionStage<Void> take(ConsumerRecord<byte[], byte[]> record, int generation) {
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
      return reject(record, partition, partition.toString(), String.valueOf(e.getMessage()));
    }
    Optional<TopicPartition> carrier =
        offsets.carrier(input.stream()).filter(other -> !other.equals(partition));
    if (carrier.isPresent()) {
      return reject(
          record,
          partition,
          input.stream(),
          "stream comes on %s already; all of its chunks belong on one partition"
              .formatted(carrier.get()));
    }
    if (!offsets.take(partition, record.offset(), taken(record, input.stream()))) {
      metrics.skipped();
      var unused = offsets.commit();
      return CompletableFuture.completedFuture(null);
    }
    return intake.offer(input);
  }

  private CompletionStage<Void> reject(
      ConsumerRecord<byte[], byte[]> record,
      TopicPartition partition,
      String stream,
      String detail) {
    offsets.takeAlone(partition, record.offset(), taken(record, stream));
    return sink.reject(
        new DeadLetter(
            stream,
            new ChunkOrigin(record.topic(), record.partition(), record.offset()),
            new Rejection(Reason.BAD_ENVELOPE, detail)));
  }

  private static Taken taken(ConsumerRecord<byte[], byte[]> record, String stream) {
    return new Taken(
        stream,
        Instant.ofEpochMilli(Math.max(0, record.timestamp())),
        record.value() == null ? 0 : record.value().length);
  }
}
