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

/// The producers of steps, with what they must be set to.
public final class CommitProducers {

  /// Long enough to sit out a broker's restart.
  public static final Duration GIVE_UP_AFTER = Duration.ofMinutes(5);

  public static final Duration PAUSE = Duration.ofMillis(500);

  private static final int MAX_REQUEST_BYTES = 16 * 1024 * 1024;

  private CommitProducers() {}

  /// @param kafka client properties
  public static Producer<String, byte[]> idempotent(Map<String, Object> kafka) {
    return new KafkaProducer<>(common(kafka), new StringSerializer(), new ByteArraySerializer());
  }

  /// A transaction takes milliseconds. It is allowed as long as a broker may be away, since one
  /// that its coordinator ends earlier cannot be told from one that another instance ended. Nobody
  /// waits for that: the transaction of an instance that was killed ends when its partition is
  /// taken over.
  ///
  /// @param kafka client properties
  public static Producer<String, byte[]> transactional(
      Map<String, Object> kafka, String group, TopicPartition partition) {
    Map<String, Object> properties = common(kafka);
    properties.putIfAbsent(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Math.toIntExact(GIVE_UP_AFTER.toMillis()));
    properties.put(
        ProducerConfig.TRANSACTIONAL_ID_CONFIG, ExactlyOnce.transactionalId(group, partition));
    return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  private static Map<String, Object> common(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(GIVE_UP_AFTER.toMillis()));
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
    properties.putAll(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return properties;
  }
}
