package io.chronoscope.client;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.tracing.SendTraces;
import io.chronoscope.wire.ChunkRecords;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Sends the chunks of streams, in the order of the calls. Safe for use by several threads.
public final class ChunkPublisher implements AutoCloseable {

  /// The largest chunk that is sent unless `max.request.size` says otherwise.
  public static final int DEFAULT_MAX_REQUEST_BYTES = 64 * 1024 * 1024;

  private final Producer<String, byte[]> producer;
  private final String topic;
  private final URI source;
  private final SendTraces traces;

  /// @param kafka client properties, at least `bootstrap.servers`; they win over the ones chosen
  ///   here
  /// @param topic where the chunks go
  /// @param source who sends, as a URI reference
  public ChunkPublisher(Map<String, Object> kafka, String topic, URI source) {
    this(kafka, topic, source, SendTraces.NONE);
  }

  /// @param traces where each chunk's trace begins
  public ChunkPublisher(Map<String, Object> kafka, String topic, URI source, SendTraces traces) {
    this.producer =
        new KafkaProducer<>(withDefaults(kafka), new StringSerializer(), new ByteArraySerializer());
    this.topic = topic;
    this.source = source;
    this.traces = traces;
  }

  /// Sends one chunk; blocks while the send buffer is full.
  ///
  /// @param sequence the chunk's number in its stream, from 0
  /// @param start absolute time of the segment's presentation time zero
  /// @param media one self-contained segment; must not change until the stage is done
  /// @return where the chunk lies, once the broker has it; failed when it could not be sent, for
  ///   instance because it is larger than `max.request.size`
  public CompletionStage<ChunkOrigin> publish(
      String stream,
      long sequence,
      Instant start,
      Duration duration,
      String contentType,
      byte[] media) {
    return send(
        ChunkRecords.chunk(topic, source, stream, sequence, start, duration, contentType, media));
  }

  /// Sends one chunk whose media lie elsewhere.
  ///
  /// @see #publish(String, long, Instant, Duration, String, byte[])
  public CompletionStage<ChunkOrigin> publish(
      String stream, long sequence, Instant start, Duration duration, Media.Reference reference) {
    return send(
        ChunkRecords.reference(topic, source, stream, sequence, start, duration, reference));
  }

  /// Says that the stream has ended.
  public CompletionStage<ChunkOrigin> end(String stream) {
    return send(ChunkRecords.endOfStream(topic, source, stream));
  }

  /// Waits until everything handed over so far is sent, or has failed.
  public void flush() {
    producer.flush();
  }

  /// Sends what is left, then closes.
  @Override
  public void close() {
    producer.close();
  }

  private CompletionStage<ChunkOrigin> send(ProducerRecord<String, byte[]> record) {
    CompletableFuture<ChunkOrigin> sent = new CompletableFuture<>();
    var handed = traces.sending(record);
    producer.send(
        record,
        (metadata, exception) -> {
          handed.accept(exception);
          if (exception == null) {
            sent.complete(
                new ChunkOrigin(metadata.topic(), metadata.partition(), metadata.offset()));
          } else {
            sent.completeExceptionally(exception);
          }
        });
    return sent;
  }

  static Map<String, Object> withDefaults(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // Video is compressed already.
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, DEFAULT_MAX_REQUEST_BYTES);
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * DEFAULT_MAX_REQUEST_BYTES);
    properties.putAll(kafka);
    return properties;
  }
}
