package io.chronoscope.messaging.delivery;

import io.chronoscope.messaging.delivery.PartitionTransactions.Patience;
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

/// Writes results, state and offsets in one transaction. Each partition of the chunks has a
/// producer of its own, whose transactional id names the partition: whoever takes the partition
/// over takes the id over, and the broker refuses everything from the one before.
public final class ExactlyOnce implements Delivery {

  private static final Logger LOG = LoggerFactory.getLogger(ExactlyOnce.class);
  private static final Duration CLOSE_AT_MOST = Duration.ofSeconds(5);

  /// Makes the producer of a partition.
  @FunctionalInterface
  public interface Producers {
    Producer<String, byte[]> open(TopicPartition partition);
  }

  private record Open(Producer<String, byte[]> producer, PartitionWriter writer) {}

  private final Producers producers;
  private final String group;
  private final WriteUnitRecords records;
  private final ChunkOffsets offsets;
  private final Patience patience;
  private final Executor executor;
  private final MessagingFailure failure;
  private final MessagingMetrics metrics;
  private final Map<TopicPartition, Open> writers = new ConcurrentHashMap<>();

  /// @param group of the consumer whose offsets are committed
  /// @param executor where transactions are made, which block
  public ExactlyOnce(
      Producers producers,
      String group,
      WriteUnitRecords records,
      ChunkOffsets offsets,
      Patience patience,
      Executor executor,
      MessagingFailure failure,
      MessagingMetrics metrics) {
    this.producers = producers;
    this.group = group;
    this.records = records;
    this.offsets = offsets;
    this.patience = patience;
    this.executor = executor;
    this.failure = failure;
    this.metrics = metrics;
  }

  /// The id that the writers of a partition share, one after the other.
  static String transactionalId(String group, TopicPartition partition) {
    return group + "-" + partition;
  }

  @Override
  public void open(Collection<TopicPartition> partitions, OnFenced onFenced) {
    drop(partitions);
    try (ExecutorService atOnce = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> opening = new ArrayList<>();
      partitions.forEach(partition -> opening.add(atOnce.submit(() -> open(partition, onFenced))));
      for (Future<?> one : opening) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("no transaction can be made: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while taking over " + partitions, e);
    }
  }

  private void open(TopicPartition partition, OnFenced onFenced) {
    Producer<String, byte[]> producer = producers.open(partition);
    PartitionTransactions transactions =
        new PartitionTransactions(producer, group, patience, metrics);
    try {
      transactions.takeOver();
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
    PartitionWriter writer =
        new PartitionWriter(
            partition,
            transactions,
            portion -> all(portion, producer),
            stream -> records.withoutMark(partition, stream),
            offsets,
            executor,
            new PartitionWriter.Ends() {
              @Override
              public void takenOver() {
                metrics.fenced();
                Open current = writers.get(partition);
                // Else it was lost meanwhile, and perhaps assigned here again.
                if (current != null && current.producer() == producer) {
                  onFenced.fenced(partition);
                }
              }

              @Override
              public void failed(RuntimeException problem) {
                failure.report("steps on " + partition + " could not be written", problem);
              }
            });
    writers.put(partition, new Open(producer, writer));
  }

  private List<ProducerRecord<String, byte[]>> all(
      WriteUnit portion, Producer<String, byte[]> producer) {
    List<ProducerRecord<String, byte[]>> all = new ArrayList<>(records.results(portion, producer));
    records.state(portion).ifPresent(all::add);
    return all;
  }

  @Override
  public CompletionStage<Void> write(WriteUnit portion) {
    Open open = writers.get(portion.partition());
    return open == null
        ? CompletableFuture.failedFuture(
            new CancellationException(portion.partition() + " is not written for here"))
        : open.writer().write(portion);
  }

  @Override
  public void advance(TopicPartition partition) {
    Open open = writers.get(partition);
    if (open != null) {
      open.writer().advance();
    }
  }

  @Override
  public void finish(
      Collection<TopicPartition> partitions, Consumer<?, ?> consumer, Duration atMost) {
    CompletableFuture<?>[] finishing =
        partitions.stream()
            .map(writers::get)
            .filter(open -> open != null)
            .map(open -> open.writer().finish().toCompletableFuture())
            .toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(finishing).get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      close(partitions, CLOSE_AT_MOST);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("transactions on {} were still open when they moved away", partitions);
      drop(partitions);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      drop(partitions);
    }
  }

  /// What is under way is left to whoever takes over: a transaction that was not committed by then
  /// is aborted.
  @Override
  public void drop(Collection<TopicPartition> partitions) {
    close(partitions, Duration.ZERO);
  }

  private void close(Collection<TopicPartition> partitions, Duration atMost) {
    for (TopicPartition partition : partitions) {
      Open open = writers.remove(partition);
      if (open != null) {
        open.writer().drop();
        open.producer().close(atMost);
      }
    }
  }

  @Override
  public void close() {
    drop(List.copyOf(writers.keySet()));
  }
}
