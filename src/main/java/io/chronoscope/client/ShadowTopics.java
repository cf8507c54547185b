package io.chronoscope.client;

import io.chronoscope.domain.Result;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// The results topics of a backtest, beside the live ones: one for every topic of kind
/// [Topic.Kind#ANALYSIS]. Missing topics are created, with a retention of one day.
public final class ShadowTopics implements AutoCloseable {

  private static final Map<String, String> SHORT_LIVED =
      Map.of(
          "cleanup.policy", "delete", "retention.ms", Long.toString(Duration.ofDays(1).toMillis()));

  private final TopicNames names;
  private final ResultEnvelope envelope;
  private final KafkaProducer<String, byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @param prefix put before the name of the live topic
  /// @throws IllegalArgumentException when the prefix cannot be part of a topic name
  public ShadowTopics(Map<String, Object> kafka, TopicNames live, String prefix, URI source) {
    if (!prefix.matches("[a-zA-Z0-9._-]{1,100}")) {
      throw new IllegalArgumentException("no topic name can start with '" + prefix + "'");
    }
    this.names = live.renamed(name -> prefix + name);
    this.envelope = new ResultEnvelope(names, source);
    try (Admin admin = Admin.create(kafka)) {
      Topics.create(
          admin,
          TopicDefinition.all(names).entrySet().stream()
              .filter(topic -> topic.getKey().kind() == Topic.Kind.ANALYSIS)
              .map(topic -> topic.getValue().with(SHORT_LIVED))
              .toList());
    }
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    this.producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  /// The names of the topics.
  public List<String> topics() {
    return names.ofKind(Topic.Kind.ANALYSIS);
  }

  public void publish(Result result) {
    int partitions = producer.partitionsFor(envelope.topic(result)).size();
    producer.send(
        envelope.write(result, partitions),
        (metadata, problem) -> {
          if (problem != null) {
            failure.compareAndSet(null, problem);
          }
        });
  }

  /// Waits until all results are written.
  ///
  /// @throws IllegalStateException when one could not be written
  public void flush() {
    producer.flush();
    Exception problem = failure.get();
    if (problem != null) {
      throw new IllegalStateException("results could not be written to " + topics(), problem);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
