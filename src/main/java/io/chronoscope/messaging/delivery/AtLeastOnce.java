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

/// Writes the results, then the state, then lets the offsets follow. Killed between any two of
/// these, a restart does the missing part again and publishes the same results under the same ids.
/// Streams are written independently of each other, the portions of one after the other.
public final class AtLeastOnce implements Delivery {

  private static final Logger LOG = LoggerFactory.getLogger(AtLeastOnce.class);

  private final Producer<String, byte[]> producer;
  private final WriteUnitRecords records;
  private final ChunkOffsets offsets;
  private final Executor executor;
  private final OffsetCommits commits;
  private final Map<StreamOn, CompletableFuture<Void>> writing = new ConcurrentHashMap<>();

  private record StreamOn(TopicPartition partition, String stream) {}

  /// @param committer commits the offsets of the chunks
  /// @param executor where records are handed to the producer, which may block
  public AtLeastOnce(
      Producer<String, byte[]> producer,
      WriteUnitRecords records,
      ChunkOffsets offsets,
      OffsetCommits.Committer committer,
      Executor executor) {
    this.producer = producer;
    this.records = records;
    this.offsets = offsets;
    this.executor = executor;
    this.commits = new OffsetCommits(offsets, committer, this::committed);
  }

  @Override
  public void open(Collection<TopicPartition> partitions, OnFenced onFenced) {
    // Nothing holds back who had them before.
  }

  @Override
  public CompletionStage<Void> write(WriteUnit portion) {
    Optional<PartitionProgress> during = offsets.assignment(portion.partition());
    return inOrder(
            portion.partition(),
            portion.stream(),
            () ->
                send(records.results(portion, producer))
                    .thenComposeAsync(
                        published -> send(records.state(portion).stream().toList()), executor)
                    .thenRunAsync(
                        () -> during.ifPresent(then -> offsets.release(portion, then)), executor))
        .thenRun(commits::commit);
  }

  @Override
  public void advance(TopicPartition partition) {
    commits.commit();
  }

  @Override
  public void finish(
      Collection<TopicPartition> partitions, Consumer<?, ?> consumer, Duration atMost) {
    CompletableFuture<Void> left =
        CompletableFuture.allOf(
            writing.entrySet().stream()
                .filter(entry -> partitions.contains(entry.getKey().partition()))
                .map(entry -> entry.getValue().exceptionally(failed -> null))
                .toArray(CompletableFuture[]::new));
    try {
      left.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("steps on {} were still being written when they moved away", partitions);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Map<TopicPartition, OffsetAndMetadata> due = offsets.due(partitions);
    if (!due.isEmpty()) {
      try {
        consumer.commitSync(due, atMost);
      } catch (KafkaException e) {
        LOG.warn("offsets {} were not committed: {}", due, e.toString());
      }
    }
  }

  @Override
  public void drop(Collection<TopicPartition> partitions) {
    // What is still in the queue sees by itself that its partition is gone.
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
                                "stream " + stream + " moved away with " + partition);
                          }
                          return writer.get();
                        },
                        executor));
    written.whenComplete((done, problem) -> writing.remove(key, written));
    return written;
  }

  /// Takes the marks of streams off the state topic of which nothing can be read again. A mark that
  /// such a stream, begun anew, writes later comes after this one.
  private void committed(TopicPartition partition, OffsetAndMetadata offset) {
    for (String stream : offsets.committed(partition, offset)) {
      inOrder(
              partition,
              stream,
              () ->
                  send(
                      Optional.of(stream)
                          .filter(gone -> !offsets.carries(partition, gone))
                          .map(gone -> records.withoutMark(partition, gone))
                          .stream()
                          .toList()))
          .exceptionally(problem -> {
            LOG.warn("the mark of stream {} stays: {}", stream, problem.toString());
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
