package io.chronoscope.messaging.rule;

import io.chronoscope.client.ConsumerSettings;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.delivery.MessagingMetrics;
import io.chronoscope.wire.RejectedRecord;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.RuleChange;
import io.chronoscope.wire.RuleRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes a dead letter for each record on the rules' topic that is no rule. All instances read all
/// rules, but only one of them may answer: they share a consumer group of their own for this, and
/// the letters and the offsets they rest on are one transaction; or, at least once, written one
/// after the other.
public final class RuleDeadLetterWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RuleDeadLetterWriter.class);
  private static final Duration WAIT = Duration.ofSeconds(1);

  private record Refused(DeadLetter letter, RejectedRecord record) {}

  private final Map<String, Object> kafka;
  private final String group;
  private final String topic;
  private final ResultEnvelope envelope;
  private final DeliveryGuarantee delivery;
  private final MessagingMetrics metrics;
  private final Thread thread;
  private final Map<TopicPartition, Producer<String, byte[]>> producers = new HashMap<>();
  private volatile boolean closed;
  private volatile boolean failing;

  /// @param kafka client properties
  /// @param group of the instances; this one's is named after it
  /// @param topic of the rules
  public RuleDeadLetterWriter(
      Map<String, Object> kafka,
      String group,
      String topic,
      ResultEnvelope envelope,
      DeliveryGuarantee delivery,
      MessagingMetrics metrics) {
    this.kafka = kafka;
    this.group = group + "-rules";
    this.topic = topic;
    this.envelope = envelope;
    this.delivery = delivery;
    this.metrics = metrics;
    this.thread = Thread.ofPlatform().name("rule-inspector").daemon().unstarted(this::work);
  }

  public void start() {
    thread.start();
  }

  private void work() {
    while (!closed) {
      try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
        consumer.subscribe(Set.of(topic), new Rebalance());
        while (!closed) {
          inspect(consumer);
        }
      } catch (RuntimeException e) {
        // What was not committed is read again by whoever has the partition next.
        if (!closed) {
          if (!failing) {
            LOG.warn("rules cannot be inspected, trying again: {}", e.toString());
          }
          failing = true;
          LockSupport.parkNanos(WAIT.toNanos());
        }
      } finally {
        letGo(List.copyOf(producers.keySet()));
      }
    }
  }

  private void inspect(Consumer<byte[], byte[]> consumer) {
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = consumer.poll(WAIT);
    } catch (WakeupException e) {
      return;
    }
    failing = false;
    for (TopicPartition partition : records.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> ofPartition = records.records(partition);
      Map<TopicPartition, OffsetAndMetadata> read =
          Map.of(partition, new OffsetAndMetadata(ofPartition.getLast().offset() + 1));
      List<Refused> refused =
          ofPartition.stream().flatMap(record -> refused(record).stream()).toList();
      if (refused.isEmpty()) {
        consumer.commitSync(read);
      } else {
        Producer<String, byte[]> producer = producers.computeIfAbsent(partition, this::producer);
        switch (delivery) {
          case EXACTLY_ONCE -> {
            producer.beginTransaction();
            refused.forEach(one -> {
              var unused = send(producer, one);
            });
            producer.sendOffsetsToTransaction(read, consumer.groupMetadata());
            producer.commitTransaction();
          }
          case AT_LEAST_ONCE -> {
            refused.forEach(one -> {
              try {
                send(producer, one).get();
              } catch (ExecutionException e) {
                throw new KafkaException("a dead letter was not published", e.getCause());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaException("interrupted", e);
              }
            });
            consumer.commitSync(read);
          }
        }
        refused.forEach(one -> metrics.published(one.letter()));
      }
    }
  }

  private static Optional<Refused> refused(ConsumerRecord<byte[], byte[]> record) {
    return RuleRecord.read(record) instanceof RuleChange.Malformed malformed
        // It belongs to no stream, so it is named by its partition.
        ? Optional.of(
            new Refused(
                new DeadLetter(
                    record.topic() + "-" + record.partition(),
                    malformed.at(),
                    malformed.rejection()),
                RejectedRecord.of(record)))
        : Optional.empty();
  }

  private Future<RecordMetadata> send(Producer<String, byte[]> producer, Refused refused) {
    int partitions = producer.partitionsFor(envelope.topic(refused.letter())).size();
    return producer.send(envelope.write(refused.letter(), refused.record(), partitions));
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> properties = ConsumerSettings.inGroup(kafka, group);
    properties.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /// One for each partition, under the same name wherever it is: to open it ends what an instance
  /// that was killed left open.
  private Producer<String, byte[]> producer(TopicPartition partition) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    if (delivery == DeliveryGuarantee.AT_LEAST_ONCE) {
      return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, group + "-" + partition);
    Producer<String, byte[]> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
    return producer;
  }

  private void letGo(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      Producer<String, byte[]> producer = producers.remove(partition);
      if (producer != null) {
        producer.close(Duration.ZERO);
      }
    }
  }

  /// Ends after what is being written.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Rebalance implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      letGo(partitions);
    }
  }
}
