package io.chronoscope.client;

import io.chronoscope.model.ChunkOrigin;
import io.chronoscope.record.RuleRecord;
import io.chronoscope.rule.Rule;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Puts rules on their topic and takes them away. Safe for use by several threads.
public final class RulePublisher implements AutoCloseable {

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;

  /// @param kafka client properties, at least `bootstrap.servers`
  public RulePublisher(Map<String, Object> kafka, String topic) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    this.topic = topic;
  }

  /// @return where the rule lies, once the broker has it
  public CompletionStage<ChunkOrigin> put(Rule rule) {
    return send(RuleRecord.put(topic, rule));
  }

  /// @return where its removal lies, once the broker has it
  public CompletionStage<ChunkOrigin> remove(String id) {
    return send(RuleRecord.remove(topic, id));
  }

  private CompletionStage<ChunkOrigin> send(ProducerRecord<byte[], byte[]> record) {
    CompletableFuture<ChunkOrigin> sent = new CompletableFuture<>();
    producer.send(
        record,
        (metadata, problem) -> {
          if (problem == null) {
            sent.complete(
                new ChunkOrigin(metadata.topic(), metadata.partition(), metadata.offset()));
          } else {
            sent.completeExceptionally(problem);
          }
        });
    return sent;
  }

  @Override
  public void close() {
    producer.close();
  }
}
