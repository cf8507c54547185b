package io.chronoscope.messaging;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/// Sets consumers up for incremental rebalances, in which only the partitions that move are
/// revoked.
public final class RebalanceProtocol {

  private RebalanceProtocol() {}

  /// Selects the cooperative assignor, unless another one is configured. Under the newer group
  /// protocol (`group.protocol=consumer`) the broker assigns incrementally by itself, and the
  /// client rejects an assignor.
  ///
  /// @param kafka consumer properties
  /// @return a copy that may be changed
  public static Map<String, Object> cooperative(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>(kafka);
    Object protocol = properties.getOrDefault(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    if (protocol.toString().equalsIgnoreCase("consumer")) {
      properties.remove(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);
    } else {
      properties.putIfAbsent(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    }
    return properties;
  }
}
