package io.chronoscope.client;

import io.chronoscope.domain.Result;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// Topics beside the live ones, on which results are published that are only tried out. They are
/// created when missing and keep their records for a day.
public final class ShadowTopics implements AutoCloseable {

  private static final String KEPT_MS = Long.toString(Duration.ofDays(1).toMillis());

  private final TopicNames names;
  private final ResultEnvelope envelope;
  private final KafkaProducer<String, byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @param prefix what their names have before those of the live ones
  /// @throws IllegalArgumentException when no topic can be called that
  public ShadowTopics(Map<String, Object> kafka, TopicNames live, String prefix, URI source) {
    if (!prefix.matches("[a-zA-Z0-9._-]{1,100}")) {
      throw new IllegalArgumentException("no topic's name can begin with '" + prefix + "'");
    }
    this.names = live.renamed(name -> prefix + name);
    this.envelope = new ResultEnvelope(names, source);
    Set<String> written =
        Set.of(names.events(), names.summaries(), names.alerts(), names.deadLetters());
    try (Admin admin = Admin.create(kafka)) {
      Topics.ensure(
          admin,
          Topics.definitions(names).stream()
              .filter(definition -> written.contains(definition.name()))
              .map(ShadowTopics::shortLived)
              .toList());
    }
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    this.producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  private static Topics.Definition shortLived(Topics.Definition definition) {
    Map<String, String> config = new HashMap<>(definition.config());
    config.put("cleanup.policy", "delete");
    config.put("retention.ms", KEPT_MS);
    return new Topics.Definition(definition.name(), definition.partitions(), config);
  }

  /// What the topics are called.
  public List<String> topics() {
    return List.of(names.events(), names.summaries(), names.alerts(), names.deadLetters());
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

  /// Waits until all is written.
  ///
  /// @throws IllegalStateException when something could not be
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
