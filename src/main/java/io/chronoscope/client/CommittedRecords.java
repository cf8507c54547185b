package io.chronoscope.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/// How this program's own consumers read: what is committed, of topics that exist, and nothing is
/// committed for them by itself.
public final class CommittedRecords {

  private CommittedRecords() {}

  /// @param kafka client properties
  /// @return a copy that may be changed
  public static Map<String, Object> consumer(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    return properties;
  }

  /// One that is told its partitions and belongs to no group, whatever group the others are in.
  ///
  /// @param kafka client properties
  /// @return a copy that may be changed
  public static Map<String, Object> ofNoGroup(Map<String, Object> kafka) {
    Map<String, Object> properties = consumer(kafka);
    properties.keySet().removeAll(Set.of("group.id", "group.instance.id", "group.protocol"));
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return properties;
  }
}
