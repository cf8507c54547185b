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

/// Redrives rejected records: sends them to their topic again. A record and its [RedriveMark] are
/// written in one transaction, and a newly opened redriver fences the one before it, so that only
/// one is active per dead-letter topic. A caller that reads the marks after opening therefore knows
/// what was redriven, and nothing is redriven twice after a crash. For use by one thread.
public final class Redriver implements AutoCloseable {

  private final Producer<byte[], byte[]> producer;
  private final TopicNames topics;
  private final URI source;
  private final Clock clock;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @param source the `ce_source`: identifies the sender, a URI reference
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

  /// @param rejected the record of the dead letter
  /// @return the position of the redriven record
  /// @throws IllegalStateException when the redrive fails; the record is then not sent
  public ChunkOrigin redrive(Letter letter, ConsumerRecord<byte[], byte[]> rejected) {
    if (!isInput(rejected.topic(), topics)) {
      throw new IllegalStateException(
          rejected.topic() + " is not an input topic of the service; nothing is sent there");
    }
    ProducerRecord<byte[], byte[]> again =
        rejected.topic().equals(topics.of(Topic.CHUNKS))
            ? RedrivenRecord.chunk(rejected, letter.id(), source)
            : RedrivenRecord.unchanged(rejected);
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
      throw new IllegalStateException("another redrive has started and fenced this one", e);
    } catch (ExecutionException | KafkaException e) {
      abort();
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      throw new IllegalStateException(letter.id() + " could not be redriven: " + cause, e);
    } catch (InterruptedException e) {
      abort();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while redriving " + letter.id(), e);
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
      // The broker aborts it at its timeout; until then no reader with read_committed sees it.
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
