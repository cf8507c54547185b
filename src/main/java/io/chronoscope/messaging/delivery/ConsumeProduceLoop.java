package io.chronoscope.messaging.delivery;

import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.delivery.PartitionWork.Batch;
import io.chronoscope.wire.RejectedRecord;
import io.chronoscope.wire.ResultEnvelope;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Consumes a topic, has a [Handler] process its records, and publishes the results together with
/// the consumed offsets: in one transaction, or at least once. Instances share the partitions
/// through a consumer group; records that were not published when an instance stopped or failed are
/// processed again by the next owner of their partition.
///
/// All Kafka calls are made on one thread of the loop. A partition is paused while as many batches
/// of it are in flight as the settings allow; they may finish in any order ([PartitionWork]). After
/// a failure the loop starts over, with new clients, from the committed offsets.
///
/// Fencing: every partition has its own producer, whose transactional id names the partition.
/// Opening it on the next owner aborts a transaction that the former owner left open; the
/// generation of the consumer group, which each transaction carries, rejects a former owner that
/// still runs.
public final class ConsumeProduceLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ConsumeProduceLoop.class);
  private static final Duration POLL_TIMEOUT = Duration.ofMillis(100);
  private static final Duration BACKOFF = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration PRODUCER_CLOSE_TIMEOUT = Duration.ofSeconds(1);

  /// Processes consumed records.
  @FunctionalInterface
  public interface Handler {

    /// Called on the thread of the loop, so anything that takes long belongs on another one.
    ///
    /// @param records of one partition, in order; at least one
    /// @return the outputs, maybe none. The loop cancels it, with interruption, when the partition
    ///   is revoked or the loop stops. If it fails, the loop starts over with the same records; an
    ///   `Error` ends its thread instead, and with it the process
    Future<List<Output>> handle(List<ConsumerRecord<byte[], byte[]>> records);
  }

  /// A result to publish.
  ///
  /// @param source from which it was derived
  public record Output(Result result, ConsumerRecord<byte[], byte[]> source) {}

  /// What is consumed, and how.
  ///
  /// @param name of the thread, and in log lines
  /// @param group the loop's own consumer group
  /// @param maxRecords in one batch
  /// @param maxBatches of one partition in flight, or published before those in front of them
  public record Settings(
      String name,
      String topic,
      String group,
      int maxRecords,
      int maxBatches,
      DeliveryGuarantee delivery) {}

  private final Settings settings;
  private final LoopClients clients;
  private final ResultEnvelope envelope;
  private final Handler handler;
  private final MessagingMetrics metrics;
  private final Thread thread;
  private final Map<TopicPartition, PartitionWork> work = new HashMap<>();
  private final Map<TopicPartition, Producer<String, byte[]>> producers = new HashMap<>();
  private boolean failing;
  private volatile boolean closed;

  /// @param kafka client properties, at least `bootstrap.servers`
  public ConsumeProduceLoop(
      Settings settings,
      Map<String, Object> kafka,
      ResultEnvelope envelope,
      Handler handler,
      MessagingMetrics metrics) {
    this(settings, LoopClients.of(settings, kafka), envelope, handler, metrics);
  }

  ConsumeProduceLoop(
      Settings settings,
      LoopClients clients,
      ResultEnvelope envelope,
      Handler handler,
      MessagingMetrics metrics) {
    this.settings = settings;
    this.clients = clients;
    this.envelope = envelope;
    this.handler = handler;
    this.metrics = metrics;
    this.thread = Thread.ofPlatform().name(settings.name()).daemon().unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        consume();
      } catch (KafkaException e) {
        if (!closed && !failing) {
          LOG.warn(
              "{}: consuming {} failed, retrying: {}",
              settings.name(),
              settings.topic(),
              e.toString());
        }
        backOff();
      } catch (RuntimeException e) {
        LOG.error("{}: consuming {} failed, retrying", settings.name(), settings.topic(), e);
        backOff();
      }
    }
  }

  private void backOff() {
    failing = true;
    if (!closed) {
      LockSupport.parkNanos(BACKOFF.toNanos());
    }
  }

  private void consume() {
    try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
      try {
        consumer.subscribe(Set.of(settings.topic()), new Ownership(consumer));
        while (!closed) {
          ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL_TIMEOUT);
          failing = false;
          for (TopicPartition partition : records.partitions()) {
            process(partition, records.records(partition));
          }
          publishFinished(consumer);
          Map<Boolean, List<TopicPartition>> byRoom =
              consumer.assignment().stream()
                  .collect(Collectors.partitioningBy(partition -> work(partition).hasRoom()));
          consumer.pause(byRoom.get(false));
          consumer.resume(byRoom.get(true));
        }
      } finally {
        release(Set.copyOf(work.keySet()));
        release(Set.copyOf(producers.keySet()));
      }
    }
  }

  private void process(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    PartitionWork own = work(partition);
    List<ConsumerRecord<byte[], byte[]>> open =
        records.stream().filter(record -> !own.isPublished(record)).toList();
    own.readTo(records.getLast().offset() + 1);
    for (int from = 0; from < open.size(); from += settings.maxRecords()) {
      List<ConsumerRecord<byte[], byte[]>> batch =
          open.subList(from, Math.min(from + settings.maxRecords(), open.size()));
      own.add(batch, handler.handle(batch));
    }
  }

  private PartitionWork work(TopicPartition partition) {
    return work.computeIfAbsent(
        partition, unused -> new PartitionWork(settings.maxBatches(), null));
  }

  private void publishFinished(Consumer<byte[], byte[]> consumer) {
    for (Map.Entry<TopicPartition, PartitionWork> one : work.entrySet()) {
      for (Batch batch : one.getValue().finished()) {
        publish(consumer, one.getKey(), one.getValue(), batch);
        one.getValue().published(batch);
      }
    }
  }

  private void publish(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, PartitionWork own, Batch batch) {
    List<Output> outputs = outputs(partition, batch);
    Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(partition, own.after(batch));
    if (outputs.isEmpty()) {
      consumer.commitSync(offsets);
      return;
    }
    Producer<String, byte[]> producer = producers.computeIfAbsent(partition, this::openProducer);
    List<ProducerRecord<String, byte[]>> records =
        outputs.stream().map(output -> record(output, producer)).toList();
    switch (settings.delivery()) {
      case EXACTLY_ONCE -> {
        producer.beginTransaction();
        // The outcome of each send is part of the commit's.
        records.forEach(producer::send);
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
      }
      case AT_LEAST_ONCE -> {
        records.stream().map(producer::send).toList().forEach(ConsumeProduceLoop::await);
        consumer.commitSync(offsets);
      }
    }
    outputs.forEach(output -> metrics.published(output.result()));
  }

  private static List<Output> outputs(TopicPartition partition, Batch batch) {
    try {
      return batch.outputs().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(
          "records of %s from offset %d on could not be processed"
              .formatted(partition, batch.offsets().getFirst()),
          e.getCause());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static void await(Future<?> sent) {
    try {
      sent.get();
    } catch (ExecutionException e) {
      throw new KafkaException("a result was not published", e.getCause());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static KafkaException interrupted() {
    Thread.currentThread().interrupt();
    return new KafkaException("interrupted while publishing");
  }

  private ProducerRecord<String, byte[]> record(Output output, Producer<String, byte[]> producer) {
    int partitions = producer.partitionsFor(envelope.topic(output.result())).size();
    return output.result() instanceof DeadLetter letter
        ? envelope.write(letter, RejectedRecord.of(output.source()), partitions)
        : envelope.write(output.result(), partitions);
  }

  private Producer<String, byte[]> openProducer(TopicPartition partition) {
    Producer<String, byte[]> producer = clients.producer(partition);
    if (settings.delivery() == DeliveryGuarantee.EXACTLY_ONCE) {
      try {
        producer.initTransactions();
      } catch (RuntimeException e) {
        producer.close(Duration.ZERO);
        throw e;
      }
    }
    return producer;
  }

  /// Cancels what is in flight and closes the producers, which aborts open transactions.
  private void release(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      PartitionWork own = work.remove(partition);
      if (own != null) {
        own.inFlight().forEach(batch -> batch.outputs().cancel(true));
      }
      Producer<String, byte[]> producer = producers.remove(partition);
      if (producer != null) {
        producer.close(PRODUCER_CLOSE_TIMEOUT);
      }
    }
  }

  /// Stops after the transaction in progress, if any. Records in flight are processed by the next
  /// owner of their partition.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(CLOSE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Ownership implements ConsumerRebalanceListener {
    private final Consumer<byte[], byte[]> consumer;

    Ownership(Consumer<byte[], byte[]> consumer) {
      this.consumer = consumer;
    }

    /// Consuming starts at the committed offsets.
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
      partitions.forEach(partition ->
          work.put(partition, new PartitionWork(settings.maxBatches(), committed.get(partition))));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      release(partitions);
    }
  }
}
