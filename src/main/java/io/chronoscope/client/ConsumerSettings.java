package io.chronoscope.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// The settings of this program's consumers: they read committed records of existing topics, from
/// the first one on, and commit no offsets by themselves.
public final class ConsumerSettings {

  private ConsumerSettings() {}

  /// For a consumer that joins a group as a dynamic member: a static membership, if one is
  /// configured, belongs to the consumer of chunks.
  ///
  /// @param kafka client properties
  /// @return a copy that may be changed
  public static Map<String, Object> inGroup(Map<String, Object> kafka, String group) {
    Map<String, Object> properties = committed(kafka);
    properties.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    return properties;
  }

  /// For a consumer whose partitions are assigned by hand, whatever group the properties name.
  ///
  /// @param kafka client properties
  /// @return a copy that may be changed
  public static Map<String, Object> withoutGroup(Map<String, Object> kafka) {
    Map<String, Object> properties = committed(kafka);
    properties
        .keySet()
        .removeAll(
            Set.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG));
    return properties;
  }

  /// A consumer with the settings of [#withoutGroup(Map)]; the caller closes it.
  public static KafkaConsumer<byte[], byte[]> openWithoutGroup(Map<String, Object> kafka) {
    return new KafkaConsumer<>(
        withoutGroup(kafka), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static Map<String, Object> committed(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return properties;
  }
}
