package io.chronoscope.client;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Question;
import io.chronoscope.wire.QuestionRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Publishes questions. The answers appear on the answers topic, under the questions' ids.
public final class QuestionPublisher implements AutoCloseable {

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @param topic the questions topic
  public QuestionPublisher(Map<String, Object> kafka, String topic) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    this.topic = topic;
  }

  /// @return completes with the question's position once the broker has it
  public CompletionStage<ChunkOrigin> ask(Question question) {
    CompletableFuture<ChunkOrigin> sent = new CompletableFuture<>();
    producer.send(
        QuestionRecord.write(topic, question),
        (metadata, problem) -> {
          if (problem == null) {
            sent.complete(
                new ChunkOrigin(metadata.topic(), metadata.partition(), metadata.offset()));
          } else {
            sent.completeExceptionally(problem);
          }
        });
    producer.flush();
    return sent;
  }

  @Override
  public void close() {
    producer.close();
  }
}
