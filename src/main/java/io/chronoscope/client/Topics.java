package io.chronoscope.client;

import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Creates missing topics from their definitions (`kafka/topics`). Existing topics stay as they
/// are.
public final class Topics {

  private static final Duration LEADERS_WITHIN = Duration.ofSeconds(30);

  private Topics() {}

  /// Creates every missing [Topic]. The state topic gets as many partitions as the chunks topic
  /// has.
  ///
  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalStateException when a topic cannot be created, or the state topic has fewer
  ///   partitions than the chunks topic
  public static void ensure(Map<String, Object> kafka, TopicNames names) {
    try (Admin admin = Admin.create(kafka)) {
      ensure(admin, names);
    }
  }

  /// @see #ensure(Map, TopicNames)
  public static void ensure(Admin admin, TopicNames names) {
    Map<Topic, TopicDefinition> definitions = TopicDefinition.all(names);
    Map<String, Integer> existing = partitions(admin, names);
    String chunks = names.of(Topic.CHUNKS);
    String state = names.of(Topic.STATE);
    int chunkPartitions =
        existing.getOrDefault(chunks, TopicDefinition.of(Topic.CHUNKS, chunks).partitions());
    definitions.computeIfPresent(
        Topic.STATE, (topic, definition) -> definition.withPartitions(chunkPartitions));
    create(
        admin,
        definitions.values().stream()
            .filter(definition -> !existing.containsKey(definition.name()))
            .toList());
    Integer statePartitions = existing.get(state);
    if (statePartitions != null && statePartitions < chunkPartitions) {
      throw new IllegalStateException(
          "topic %s has %d partitions, fewer than the %d of %s; a stream's state lies on the same partition number as its chunks"
              .formatted(state, statePartitions, chunkPartitions, chunks));
    }
  }

  /// @return the partition counts of the topics that exist, by name
  private static Map<String, Integer> partitions(Admin admin, TopicNames names) {
    Map<String, Integer> found = new HashMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        admin.describeTopics(names.names().values()).topicNameValues().entrySet()) {
      try {
        found.put(topic.getKey(), topic.getValue().get().partitions().size());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw new IllegalStateException(
              "cannot describe topic " + topic.getKey() + ": " + message(e), e);
        }
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
    return found;
  }

  /// Creates those that are missing and waits until all of them have leaders.
  static void create(Admin admin, Collection<TopicDefinition> definitions) {
    List<NewTopic> topics = definitions.stream().map(TopicDefinition::newTopic).toList();
    List<String> problems = new ArrayList<>();
    admin
        .createTopics(topics)
        .values()
        .forEach((name, created) -> {
          try {
            created.get();
          } catch (ExecutionException e) {
            // Another instance may have created it meanwhile.
            if (!(e.getCause() instanceof TopicExistsException)) {
              problems.add(name + ": " + message(e));
            }
          } catch (InterruptedException e) {
            throw interrupted(e);
          }
        });
    if (!problems.isEmpty()) {
      throw new IllegalStateException("cannot create topics: " + String.join("; ", problems));
    }
    awaitLeaders(admin, topics);
  }

  /// A topic that was just created may have no leader yet; the request for its offsets waits for
  /// one.
  private static void awaitLeaders(Admin admin, Collection<NewTopic> topics) {
    Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
    for (NewTopic topic : topics) {
      for (int partition = 0; partition < topic.numPartitions(); partition++) {
        partitions.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
      }
    }
    long deadline = System.nanoTime() + LEADERS_WITHIN.toNanos();
    while (true) {
      try {
        admin.listOffsets(partitions).all().get();
        return;
      } catch (ExecutionException e) {
        // A broker whose metadata is stale does not know the topic yet.
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() - deadline >= 0) {
          throw new IllegalStateException("created topics have no leader: " + message(e), e);
        }
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }

  private static String message(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while creating topics", e);
  }
}
