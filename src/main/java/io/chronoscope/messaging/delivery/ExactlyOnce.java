package io.chronoscope.messaging.delivery;

import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.delivery.PartitionTransactions.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes results, state and offsets in one transaction. Every chunk partition has its own
/// producer, whose transactional id names the partition: the instance that takes over the partition
/// takes over the id, and the broker fences the former owner.
public final class ExactlyOnce implements Delivery {

  private static final Logger LOG = LoggerFactory.getLogger(ExactlyOnce.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /// Creates the transactional producer of a partition.
  @FunctionalInterface
  public interface Producers {
    Producer<String, byte[]> open(TopicPartition partition);
  }

  private record Open(Producer<String, byte[]> producer, PartitionWriter writer) {}

  private final Producers producers;
  private final String group;
  private final WriteUnitRecords records;
  private final ChunkOffsets offsets;
  private final RetryPolicy retries;
  private final Executor executor;
  private final MessagingFailure failure;
  private final MessagingMetrics metrics;
  private final Map<TopicPartition, Open> writers = new ConcurrentHashMap<>();

  /// @param group of the consumer whose offsets are committed
  /// @param executor runs the transactions, which block
  public ExactlyOnce(
      Producers producers,
      String group,
      WriteUnitRecords records,
      ChunkOffsets offsets,
      RetryPolicy retries,
      Executor executor,
      MessagingFailure failure,
      MessagingMetrics metrics) {
    this.producers = producers;
    this.group = group;
    this.records = records;
    this.offsets = offsets;
    this.retries = retries;
    this.executor = executor;
    this.failure = failure;
    this.metrics = metrics;
  }

  @Override
  public void open(Collection<TopicPartition> partitions, OnFenced onFenced) {
    abandon(partitions);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> opening = new ArrayList<>();
      partitions.forEach(
          partition -> opening.add(executor.submit(() -> open(partition, onFenced))));
      for (Future<?> one : opening) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "transactions cannot be started: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while taking over " + partitions, e);
    }
  }

  private void open(TopicPartition partition, OnFenced onFenced) {
    Producer<String, byte[]> producer = producers.open(partition);
    metrics.opened(producer);
    PartitionTransactions transactions =
        new PartitionTransactions(producer, group, retries, metrics);
    try {
      transactions.fenceFormerOwner();
    } catch (RuntimeException e) {
      metrics.closing(producer);
      producer.close(Duration.ZERO);
      throw e;
    }
    PartitionWriter writer =
        new PartitionWriter(
            partition,
            transactions,
            unit -> records(unit, producer),
            stream -> records.tombstone(partition, stream),
            offsets,
            executor,
            new PartitionWriter.Listener() {
              @Override
              public void fenced() {
                metrics.fenced();
                Open current = writers.get(partition);
                // Otherwise it was lost meanwhile, and possibly assigned to this instance again.
                if (current != null && current.producer() == producer) {
                  onFenced.fenced(partition);
                }
              }

              @Override
              public void failed(RuntimeException problem) {
                failure.report("commits on " + partition + " could not be written", problem);
              }
            });
    writers.put(partition, new Open(producer, writer));
  }

  private List<ProducerRecord<String, byte[]>> records(
      WriteUnit unit, Producer<String, byte[]> producer) {
    List<ProducerRecord<String, byte[]>> all = new ArrayList<>(records.results(unit, producer));
    records.state(unit).ifPresent(all::add);
    return all;
  }

  @Override
  public CompletionStage<Void> write(WriteUnit unit) {
    Open open = writers.get(unit.partition());
    return open == null
        ? CompletableFuture.failedFuture(
            new CancellationException(unit.partition() + " is not assigned to this instance"))
        : open.writer().write(unit);
  }

  @Override
  public void commitOffset(TopicPartition partition) {
    Open open = writers.get(partition);
    if (open != null) {
      open.writer().commitOffset();
    }
  }

  @Override
  public void drain(
      Collection<TopicPartition> partitions, Consumer<?, ?> consumer, Duration timeout) {
    CompletableFuture<?>[] draining =
        partitions.stream()
            .map(writers::get)
            .filter(open -> open != null)
            .map(open -> open.writer().drain().toCompletableFuture())
            .toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(draining).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      close(partitions, CLOSE_TIMEOUT);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("transactions on {} were still open when the partitions were revoked", partitions);
      abandon(partitions);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abandon(partitions);
    }
  }

  /// Leaves open transactions to the next owner, which aborts those that are not committed by then.
  @Override
  public void abandon(Collection<TopicPartition> partitions) {
    close(partitions, Duration.ZERO);
  }

  private void close(Collection<TopicPartition> partitions, Duration timeout) {
    for (TopicPartition partition : partitions) {
      Open open = writers.remove(partition);
      if (open != null) {
        open.writer().abandon();
        metrics.closing(open.producer());
        open.producer().close(timeout);
      }
    }
  }

  @Override
  public void close() {
    abandon(List.copyOf(writers.keySet()));
  }
}
