package io.chronoscope.client;

import io.chronoscope.wire.TopicNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Creates the topics that are missing, as the files in `kafka/topics` define them. Topics that
/// exist are left as they are.
public final class Topics {

  private static final Duration LEADERS_WITHIN = Duration.ofSeconds(30);

  private Topics() {}

  /// How a topic is to be created.
  ///
  /// @param config topic settings in Kafka's own names
  public record Definition(String name, int partitions, Map<String, String> config) {

    /// @param usualName name of the definition's file
    /// @param name what the topic is to be called
    static Definition load(String usualName, String name) {
      Properties file = new Properties();
      String resource = "/kafka/topics/" + usualName + ".properties";
      try (InputStream in = Topics.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException("no topic definition " + resource);
        }
        file.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException("topic definition " + resource, e);
      }
      Map<String, String> config = new HashMap<>();
      file.stringPropertyNames().forEach(key -> config.put(key, file.getProperty(key)));
      String partitions = config.remove("partitions");
      if (partitions == null) {
        throw new IllegalStateException("topic definition " + resource + " has no partitions");
      }
      return new Definition(name, Integer.parseInt(partitions), config);
    }
  }

  /// The definitions under the names in use.
  public static List<Definition> definitions(TopicNames names) {
    TopicNames usual = TopicNames.USUAL;
    return List.of(
        Definition.load(usual.chunks(), names.chunks()),
        Definition.load(usual.events(), names.events()),
        Definition.load(usual.summaries(), names.summaries()),
        Definition.load(usual.deadLetters(), names.deadLetters()),
        Definition.load(usual.state(), names.state()),
        Definition.load(usual.rules(), names.rules()),
        Definition.load(usual.alerts(), names.alerts()),
        Definition.load(usual.questions(), names.questions()),
        Definition.load(usual.answers(), names.answers()));
  }

  /// Creates what is missing. The state topic gets as many partitions as the chunks have.
  ///
  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalStateException when a topic cannot be created, or the state topic has fewer
  ///   partitions than the chunks
  public static void ensure(Map<String, Object> kafka, TopicNames names) {
    try (Admin admin = Admin.create(kafka)) {
      ensure(admin, names);
    }
  }

  /// @see #ensure(Map, TopicNames)
  public static void ensure(Admin admin, TopicNames names) {
    Map<String, Integer> existing = partitions(admin, names);
    int chunkPartitions = 0;
    Map<String, NewTopic> missing = new HashMap<>();
    for (Definition definition : definitions(names)) {
      int partitions = definition.partitions();
      if (definition.name().equals(names.chunks())) {
        chunkPartitions = existing.getOrDefault(names.chunks(), partitions);
      }
      if (definition.name().equals(names.state())) {
        partitions = chunkPartitions;
      }
      if (!existing.containsKey(definition.name())) {
        missing.put(
            definition.name(),
            new NewTopic(definition.name(), Optional.of(partitions), Optional.empty())
                .configs(definition.config()));
      }
    }
    create(admin, missing);
    Integer statePartitions = existing.get(names.state());
    if (statePartitions != null && statePartitions < chunkPartitions) {
      throw new IllegalStateException(
          "topic %s has %d partitions, fewer than the %d of %s; a stream's state lies on the same partition number as its chunks"
              .formatted(names.state(), statePartitions, chunkPartitions, names.chunks()));
    }
  }

  /// Creates those of these topics that are missing.
  static void ensure(Admin admin, Collection<Definition> definitions) {
    create(
        admin,
        definitions.stream()
            .collect(
                Collectors.toMap(
                    Definition::name,
                    definition ->
                        new NewTopic(
                                definition.name(),
                                Optional.of(definition.partitions()),
                                Optional.empty())
                            .configs(definition.config()))));
  }

  private static Map<String, Integer> partitions(Admin admin, TopicNames names) {
    Set<String> wanted =
        definitions(names).stream().map(Definition::name).collect(Collectors.toSet());
    Map<String, Integer> found = new HashMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        admin.describeTopics(wanted).topicNameValues().entrySet()) {
      try {
        found.put(topic.getKey(), topic.getValue().get().partitions().size());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw new IllegalStateException(
              "cannot look at topic " + topic.getKey() + ": " + message(e), e);
        }
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
    return found;
  }

  private static void create(Admin admin, Map<String, NewTopic> topics) {
    List<String> problems = new ArrayList<>();
    admin
        .createTopics(topics.values())
        .values()
        .forEach((name, created) -> {
          try {
            created.get();
          } catch (ExecutionException e) {
            // Another instance may have been faster.
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
    awaitLeaders(admin, topics.values());
  }

  /// A topic that was just created may have no leader yet. Asking the leaders for their offsets
  /// waits for them.
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
        // A broker that has not yet heard of the topic says that there is none.
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
    return new IllegalStateException("interrupted while topics were being created", e);
  }
}
