package io.chronoscope.client;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.live.SpooledChunk;
import io.chronoscope.tracing.SendTraces;
import io.chronoscope.wire.ChunkRecords;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Publishes the chunks of streams, in the order of the calls. Thread-safe.
public final class ChunkPublisher implements AutoCloseable {

  /// The largest chunk by default; `max.request.size` overrides it.
  private static final int DEFAULT_MAX_REQUEST_BYTES = 64 * 1024 * 1024;

  private final Producer<String, byte[]> producer;
  private final String topic;
  private final URI source;
  private final SendTraces traces;

  /// @param kafka client properties, at least `bootstrap.servers`; they override the defaults of
  ///   this class
  /// @param topic the chunks topic
  /// @param source beginning of the `ce_source`, a URI reference. A part of this publisher's own
  ///   follows, so that source and id are unique also when a stream is sent again
  public ChunkPublisher(Map<String, Object> kafka, String topic, URI source) {
    this(kafka, topic, source, SendTraces.NONE);
  }

  /// @param traces starts the trace of each chunk
  public ChunkPublisher(Map<String, Object> kafka, String topic, URI source, SendTraces traces) {
    this.producer =
        new KafkaProducer<>(withDefaults(kafka), new StringSerializer(), new ByteArraySerializer());
    this.topic = topic;
    this.source = URI.create(source + "/" + UUID.randomUUID());
    this.traces = traces;
  }

  /// Sends one chunk; blocks while the send buffer is full.
  ///
  /// @param sequence the chunk's number in its stream, from 0
  /// @param start absolute time of the segment's presentation time zero
  /// @param media one self-contained segment; must not change until the stage completes
  /// @return completes with the chunk's position once the broker has it; fails when it cannot be
  ///   sent, for instance because it is larger than `max.request.size`
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

  /// Sends a chunk of a live source.
  public CompletionStage<ChunkOrigin> publish(SpooledChunk chunk) {
    return send(record(topic, source, chunk));
  }

  static ProducerRecord<String, byte[]> record(String topic, URI source, SpooledChunk chunk) {
    return ChunkRecords.live(
        topic,
        source,
        chunk.id(),
        chunk.stream(),
        chunk.sequence(),
        chunk.start(),
        chunk.duration(),
        chunk.clock(),
        chunk.contentType(),
        chunk.media());
  }

  /// Sends one chunk whose media are stored elsewhere.
  ///
  /// @see #publish(String, long, Instant, Duration, String, byte[])
  public CompletionStage<ChunkOrigin> publish(
      String stream, long sequence, Instant start, Duration duration, Media.Reference reference) {
    return send(
        ChunkRecords.reference(topic, source, stream, sequence, start, duration, reference));
  }

  /// Sends a segment without a declared start: the service places it where the one before it ended,
  /// or at the record's time.
  public CompletionStage<ChunkOrigin> publishBare(String stream, byte[] media) {
    return send(new ProducerRecord<>(topic, stream, media));
  }

  /// Announces the end of the stream.
  public CompletionStage<ChunkOrigin> end(String stream) {
    return send(ChunkRecords.endOfStream(topic, source, stream));
  }

  /// Waits until every chunk published so far is sent or has failed.
  public void flush() {
    producer.flush();
  }

  /// Sends pending chunks, then closes.
  @Override
  public void close() {
    producer.close();
  }

  private CompletionStage<ChunkOrigin> send(ProducerRecord<String, byte[]> record) {
    CompletableFuture<ChunkOrigin> sent = new CompletableFuture<>();
    var trace = traces.sending(record);
    producer.send(
        record,
        (metadata, exception) -> {
          trace.accept(exception);
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
    // Video is already compressed.
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, DEFAULT_MAX_REQUEST_BYTES);
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * DEFAULT_MAX_REQUEST_BYTES);
    properties.putAll(kafka);
    return properties;
  }
}
