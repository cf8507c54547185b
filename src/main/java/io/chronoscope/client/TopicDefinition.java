package io.chronoscope.client;

import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.admin.NewTopic;

/// How a topic is created.
///
/// @param config topic configuration under Kafka's own names
public record TopicDefinition(String name, int partitions, Map<String, String> config) {

  public TopicDefinition {
    config = Map.copyOf(config);
  }

  /// The definition of every topic, under the names in use.
  ///
  /// @return a new map in the order of [Topic]
  public static Map<Topic, TopicDefinition> all(TopicNames names) {
    Map<Topic, TopicDefinition> definitions = new EnumMap<>(Topic.class);
    for (Topic topic : Topic.values()) {
      definitions.put(topic, of(topic, names.of(topic)));
    }
    return definitions;
  }

  /// @param name the name under which the topic is created
  /// @throws IllegalStateException when the definition file is missing or has no partition count
  static TopicDefinition of(Topic topic, String name) {
    Properties file = new Properties();
    try (InputStream in = TopicDefinition.class.getResourceAsStream(topic.definition())) {
      if (in == null) {
        throw new IllegalStateException("no topic definition " + topic.definition());
      }
      file.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("topic definition " + topic.definition(), e);
    }
    Map<String, String> config = new HashMap<>();
    file.stringPropertyNames().forEach(key -> config.put(key, file.getProperty(key)));
    String partitions = config.remove("partitions");
    if (partitions == null) {
      throw new IllegalStateException(
          "topic definition " + topic.definition() + " has no partitions");
    }
    return new TopicDefinition(name, Integer.parseInt(partitions), config);
  }

  TopicDefinition withPartitions(int count) {
    return new TopicDefinition(name, count, config);
  }

  TopicDefinition with(Map<String, String> moreConfig) {
    Map<String, String> merged = new HashMap<>(config);
    merged.putAll(moreConfig);
    return new TopicDefinition(name, partitions, merged);
  }

  /// With the broker's default replication factor.
  NewTopic newTopic() {
    return new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(config);
  }
}
