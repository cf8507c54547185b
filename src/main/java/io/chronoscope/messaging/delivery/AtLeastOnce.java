package io.chronoscope.messaging.delivery;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the results, then the state, then commits the offsets. After a crash between any two of
/// these, a restart repeats the missing part and publishes the same results under the same ids.
/// Streams are written independently of each other, the units of one stream in order.
public final class AtLeastOnce implements Delivery {

  private static final Logger LOG = LoggerFactory.getLogger(AtLeastOnce.class);

  /// Commits offsets for the consumer group.
  @FunctionalInterface
  public interface Committer {

    /// @param offsets of each partition the lowest that is still needed
    CompletionStage<Void> commit(Map<TopicPartition, OffsetAndMetadata> offsets);
  }

  private final Producer<String, byte[]> producer;
  private final WriteUnitRecords records;
  private final ChunkOffsets offsets;
  private final Executor executor;
  private final OffsetCommits commits;
  private final Map<StreamOn, CompletableFuture<Void>> writing = new ConcurrentHashMap<>();

  private record StreamOn(TopicPartition partition, String stream) {}

  /// @param committer commits offsets of the chunks topic
  /// @param executor hands records to the producer, which may block
  public AtLeastOnce(
      Producer<String, byte[]> producer,
      WriteUnitRecords records,
      ChunkOffsets offsets,
      Committer committer,
      Executor executor) {
    this.producer = producer;
    this.records = records;
    this.offsets = offsets;
    this.executor = executor;
    this.commits = new OffsetCommits(offsets, committer, this::committed);
  }

  @Override
  public void open(Collection<TopicPartition> partitions, OnFenced onFenced) {
    // Former owners cannot be fenced without transactions.
  }

  @Override
  public CompletionStage<Void> write(WriteUnit unit) {
    Optional<PartitionProgress> assignment = offsets.assignment(unit.partition());
    return inOrder(
            unit.partition(),
            unit.stream(),
            () ->
                send(records.results(unit, producer))
                    .thenComposeAsync(
                        published -> send(records.state(unit).stream().toList()), executor)
                    .thenRunAsync(
                        () -> assignment.ifPresent(then -> offsets.acknowledge(unit, then)),
                        executor))
        .thenRun(commits::commit);
  }

  @Override
  public void commitOffset(TopicPartition partition) {
    commits.commit();
  }

  @Override
  public void drain(
      Collection<TopicPartition> partitions, Consumer<?, ?> consumer, Duration timeout) {
    CompletableFuture<Void> pending =
        CompletableFuture.allOf(
            writing.entrySet().stream()
                .filter(entry -> partitions.contains(entry.getKey().partition()))
                .map(entry -> entry.getValue().exceptionally(failed -> null))
                .toArray(CompletableFuture[]::new));
    try {
      pending.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn(
          "commits on {} were still being written when the partitions were revoked", partitions);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Map<TopicPartition, OffsetAndMetadata> due = offsets.due(partitions);
    if (!due.isEmpty()) {
      try {
        consumer.commitSync(due, timeout);
      } catch (KafkaException e) {
        LOG.warn("offsets {} were not committed: {}", due, e.toString());
      }
    }
  }

  @Override
  public void abandon(Collection<TopicPartition> partitions) {
    // Pending writes check the assignment of their partition themselves.
  }

  @Override
  public void close() {
    producer.close();
  }

  private CompletableFuture<Void> inOrder(
      TopicPartition partition, String stream, Supplier<CompletableFuture<Void>> writer) {
    StreamOn key = new StreamOn(partition, stream);
    CompletableFuture<Void> written =
        writing.compute(
            key,
            (on, before) ->
                (before == null ? CompletableFuture.<Void>completedFuture(null) : before)
                    .thenComposeAsync(
                        done -> {
                          if (!offsets.isAssigned(partition)) {
                            throw new CancellationException(
                                "stream "
                                    + stream
                                    + ": partition "
                                    + partition
                                    + " is no longer assigned to this instance");
                          }
                          return writer.get();
                        },
                        executor));
    written.whenComplete((done, problem) -> writing.remove(key, written));
    return written;
  }

  /// Deletes the states of ended streams of which no record can be read again. If such a stream
  /// starts again, its new state is written after the tombstone.
  private void committed(TopicPartition partition, OffsetAndMetadata offset) {
    for (String stream : offsets.committed(partition, offset)) {
      inOrder(
              partition,
              stream,
              () ->
                  send(
                      Optional.of(stream)
                          .filter(ended -> !offsets.carries(partition, ended))
                          .map(ended -> records.tombstone(partition, ended))
                          .stream()
                          .toList()))
          .exceptionally(problem -> {
            LOG.warn(
                "the state of ended stream {} was not deleted: {}", stream, problem.toString());
            return null;
          });
    }
  }

  private CompletableFuture<Void> send(List<ProducerRecord<String, byte[]>> some) {
    return CompletableFuture.allOf(some.stream().map(this::send).toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> send(ProducerRecord<String, byte[]> record) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    producer.send(
        record,
        (metadata, problem) -> {
          if (problem == null) {
            sent.complete(null);
          } else {
            sent.completeExceptionally(problem);
          }
        });
    return sent;
  }
}
