package io.chronoscope.service;

import io.smallrye.reactive.messaging.ClientCustomizer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.eclipse.microprofile.config.Config;

/// Has the channel's partitions move one by one. Under the newer group protocol
/// (`KAFKA_GROUP_PROTOCOL=consumer`) the broker does that by itself, and the client refuses to be
/// told how.
@ApplicationScoped
public class ConsumerSetup implements ClientCustomizer<Map<String, Object>> {

  @Override
  public Map<String, Object> customize(String channel, Config config, Map<String, Object> kafka) {
    if (!channel.equals(ChunkChannel.NAME)) {
      return kafka;
    }
    return rebalancing(kafka);
  }

  public static Map<String, Object> rebalancing(Map<String, Object> kafka) {
    Map<String, Object> set = new HashMap<>(kafka);
    Object protocol = set.getOrDefault(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    if (protocol.toString().equalsIgnoreCase("consumer")) {
      set.remove(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);
    } else {
      set.putIfAbsent(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    }
    return set;
  }
}
