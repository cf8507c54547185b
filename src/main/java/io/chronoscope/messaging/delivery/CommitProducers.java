package io.chronoscope.messaging.delivery;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Creates the producers that write commits, with the properties they require.
public final class CommitProducers {

  /// How long a write is retried: long enough to survive the restart of a broker.
  static final Duration RETRY_TIMEOUT = Duration.ofMinutes(5);

  private static final int MAX_REQUEST_BYTES = 16 * 1024 * 1024;

  private CommitProducers() {}

  /// @param kafka client properties
  public static Producer<String, byte[]> idempotent(Map<String, Object> kafka) {
    return new KafkaProducer<>(common(kafka), new StringSerializer(), new ByteArraySerializer());
  }

  /// A producer whose transactional id names the partition: opening it on another instance fences
  /// this one and ends its open transaction.
  ///
  /// A transaction takes milliseconds. Its timeout is as long as a broker may be away, because a
  /// transaction that its coordinator times out looks the same as one that another instance fenced.
  /// Nothing waits that long: the open transaction of a killed instance ends when another instance
  /// takes over its partition.
  ///
  /// @param kafka client properties
  public static Producer<String, byte[]> transactional(
      Map<String, Object> kafka, String group, TopicPartition partition) {
    return transactional(kafka, group, partition, RETRY_TIMEOUT);
  }

  /// @param transactionTimeout unless `kafka` sets one
  static Producer<String, byte[]> transactional(
      Map<String, Object> kafka,
      String group,
      TopicPartition partition,
      Duration transactionTimeout) {
    Map<String, Object> properties = common(kafka);
    properties.putIfAbsent(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Math.toIntExact(transactionTimeout.toMillis()));
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId(group, partition));
    return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  /// The id that all owners of a partition use, one after the other.
  static String transactionalId(String group, TopicPartition partition) {
    return group + "-" + partition;
  }

  private static Map<String, Object> common(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(RETRY_TIMEOUT.toMillis()));
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
    properties.putAll(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return properties;
  }
}
