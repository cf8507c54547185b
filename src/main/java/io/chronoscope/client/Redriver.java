package io.chronoscope.client;

import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.wire.RedriveMark;
import io.chronoscope.wire.RedrivenRecord;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Sends refused records again. The record and the mark that says so are one transaction, and only
/// one redriver of a dead letters' topic is at work at a time: the next one to be opened shuts out
/// the one before. So who reads the marks after opening knows what was redriven, and nothing is
/// sent twice, whatever breaks off. For use by one thread.
public final class Redriver implements AutoCloseable {

  private final Producer<byte[], byte[]> producer;
  private final TopicNames topics;
  private final URI source;
  private final Clock clock;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @param source who sends, as a URI reference
  public Redriver(Map<String, Object> kafka, TopicNames topics, URI source, Clock clock) {
    Map<String, Object> properties = new HashMap<>(ChunkPublisher.withDefaults(kafka));
    properties.put(
        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
        "chronoscope.redrive." + topics.of(Topic.DEAD_LETTERS));
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    this.topics = topics;
    this.source = source;
    this.clock = clock;
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      producer.close();
      throw e;
    }
  }

  /// Whether records of this topic may be redriven: inputs of the service only.
  public static boolean isInput(String topic, TopicNames topics) {
    return topics.isOfKind(Topic.Kind.INPUT, topic);
  }

  /// @param refused the letter's record
  /// @return where it lies now
  /// @throws IllegalStateException when it could not be sent; then it was not
  public ChunkOrigin redrive(Letter letter, ConsumerRecord<byte[], byte[]> refused) {
    if (!isInput(refused.topic(), topics)) {
      throw new IllegalStateException(
          refused.topic() + " is no topic that the service reads; nothing is sent there");
    }
    ProducerRecord<byte[], byte[]> again =
        refused.topic().equals(topics.of(Topic.CHUNKS))
            ? RedrivenRecord.chunk(refused, letter.id(), source)
            : RedrivenRecord.unchanged(refused);
    try {
      producer.beginTransaction();
      Future<RecordMetadata> sent = producer.send(again);
      producer.flush();
      RecordMetadata at = sent.get();
      ChunkOrigin to = new ChunkOrigin(at.topic(), at.partition(), at.offset());
      producer.send(mark(letter, to));
      producer.commitTransaction();
      return to;
    } catch (ProducerFencedException e) {
      throw new IllegalStateException("another redrive has begun and goes on instead", e);
    } catch (ExecutionException | KafkaException e) {
      abort();
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      throw new IllegalStateException(letter.id() + " was not taken: " + cause, e);
    } catch (InterruptedException e) {
      abort();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sending " + letter.id(), e);
    }
  }

  private ProducerRecord<byte[], byte[]> mark(Letter letter, ChunkOrigin to) {
    ProducerRecord<String, byte[]> mark =
        new RedriveMark(
                letter.id(),
                letter.letter().stream(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                to)
            .record(
                topics.of(Topic.DEAD_LETTERS),
                source,
                producer.partitionsFor(topics.of(Topic.DEAD_LETTERS)).size());
    return new ProducerRecord<>(
        mark.topic(),
        mark.partition(),
        null,
        mark.key().getBytes(StandardCharsets.UTF_8),
        mark.value(),
        mark.headers());
  }

  private void abort() {
    try {
      producer.abortTransaction();
    } catch (KafkaException e) {
      // The broker ends it when its time is up; until then it counts for nobody.
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
