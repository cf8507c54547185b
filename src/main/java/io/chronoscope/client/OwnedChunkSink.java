package io.chronoscope.client;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.live.ChunkSink;
import io.chronoscope.live.RefusedChunkException;
import io.chronoscope.live.SourceProgress;
import io.chronoscope.live.SpooledChunk;
import io.chronoscope.tracing.SendTraces;
import io.chronoscope.wire.ChunkRecords;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Sends the chunks of one live source that several instances can read, for the one that does.
///
/// Each chunk is a transaction that also commits how far the source is: number and end of the chunk
/// are the metadata of an offset of a consumer group that nobody joins. Opening the sink on another
/// instance fences this one, so that of two readers only one gets its chunks into Kafka; the next
/// to open it continues exactly behind the last of them. Thread-safe.
public final class OwnedChunkSink implements ChunkSink, AutoCloseable {

  private static final long ANSWER_WITHIN_S = 20;
  private static final String SUPERSEDED = "another instance reads the source now";

  private final Map<String, Object> properties;
  private final String id;
  private final TopicPartition partition;
  private final String stream;
  private final URI source;
  private final SendTraces traces;
  private Optional<Producer<String, byte[]>> open = Optional.empty();
  private Optional<Committed> committed = Optional.empty();
  private boolean superseded;

  /// What the last chunk's transaction committed.
  private record Committed(SourceProgress progress, long offset) {}

  /// @param kafka client properties
  /// @param group of the instances
  /// @param partition of the chunks topic on which the stream lies
  /// @param source beginning of the `ce_source`
  public OwnedChunkSink(
      Map<String, Object> kafka,
      String group,
      TopicPartition partition,
      String stream,
      URI source,
      SendTraces traces) {
    this.id = group + "-source-" + stream;
    this.properties = new HashMap<>(ChunkPublisher.withDefaults(KafkaChunkSink.properties(kafka)));
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
    this.partition = partition;
    this.stream = stream;
    this.source = URI.create(source + "/" + UUID.randomUUID());
    this.traces = traces;
  }

  @Override
  public synchronized Optional<SourceProgress> progress(String of) throws IOException {
    var unused = open();
    return committed.map(Committed::progress);
  }

  /// Whether another instance has opened the source since.
  public synchronized boolean isSuperseded() {
    return superseded;
  }

  @Override
  public synchronized ChunkOrigin send(SpooledChunk chunk)
      throws IOException, RefusedChunkException, InterruptedException {
    Producer<String, byte[]> producer = open();
    if (committed.isPresent() && chunk.sequence() < committed.get().progress().next()) {
      return sentBefore(chunk, committed.get());
    }
    ProducerRecord<String, byte[]> record = ChunkPublisher.record(partition.topic(), source, chunk);
    SourceProgress progress = SourceProgress.after(chunk);
    try {
      RecordMetadata at = commit(producer, record, Optional.of(progress));
      committed = Optional.of(new Committed(progress, at.offset()));
      return new ChunkOrigin(at.topic(), at.partition(), at.offset());
    } catch (RecordTooLargeException e) {
      throw new RefusedChunkException(
          "chunk %d of %d bytes is larger than Kafka takes: %s"
              .formatted(chunk.sequence(), chunk.media().length, e.getMessage()),
          e);
    }
  }

  /// A transaction whose outcome was not known had succeeded.
  private ChunkOrigin sentBefore(SpooledChunk chunk, Committed last) throws IOException {
    if (!SourceProgress.after(chunk).equals(last.progress())) {
      superseded = true;
      throw new IOException(SUPERSEDED);
    }
    return new ChunkOrigin(partition.topic(), partition.partition(), last.offset());
  }

  @Override
  public synchronized void end(String ended) throws IOException, InterruptedException {
    var unused =
        commit(
            open(), ChunkRecords.endOfStream(partition.topic(), source, stream), Optional.empty());
  }

  /// @param progress that is committed with the record
  private RecordMetadata commit(
      Producer<String, byte[]> producer,
      ProducerRecord<String, byte[]> record,
      Optional<SourceProgress> progress)
      throws IOException, InterruptedException {
    var trace = traces.sending(record);
    try {
      producer.beginTransaction();
      Future<RecordMetadata> sending =
          producer.send(record, (at, failure) -> trace.accept(failure));
      producer.flush();
      RecordMetadata at = sending.get();
      if (progress.isPresent()) {
        producer.sendOffsetsToTransaction(
            Map.of(partition, new OffsetAndMetadata(at.offset(), text(progress.get()))),
            new ConsumerGroupMetadata(id));
      }
      producer.commitTransaction();
      return at;
    } catch (ExecutionException e) {
      throw failed(e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e));
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  /// What happened to the transaction is not known; the next producer ends it, and reads what was
  /// committed.
  private IOException failed(KafkaException e) throws InterruptedException {
    discard();
    switch (e) {
      case InterruptException interrupted -> {
        var unused = Thread.interrupted();
        throw new InterruptedException();
      }
      case RecordTooLargeException large -> throw large;
      case ProducerFencedException fenced -> superseded = true;
      case InvalidProducerEpochException fenced -> superseded = true;
      default -> {}
    }
    return new IOException(superseded ? SUPERSEDED : String.valueOf(e.getMessage()), e);
  }

  private void discard() {
    open.ifPresent(producer -> producer.close(Duration.ZERO));
    open = Optional.empty();
  }

  private Producer<String, byte[]> open() throws IOException {
    if (superseded) {
      throw new IOException(SUPERSEDED);
    }
    if (open.isPresent()) {
      return open.get();
    }
    try {
      Producer<String, byte[]> producer =
          new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
      open = Optional.of(producer);
      producer.initTransactions();
      committed = readCommitted();
      return producer;
    } catch (KafkaException | ExecutionException | TimeoutException e) {
      discard();
      throw new IOException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      discard();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while opening " + id, e);
    }
  }

  private Optional<Committed> readCommitted()
      throws ExecutionException, InterruptedException, TimeoutException {
    try (Admin admin = Admin.create(properties)) {
      OffsetAndMetadata offset =
          admin
              .listConsumerGroupOffsets(id)
              .partitionsToOffsetAndMetadata()
              .get(ANSWER_WITHIN_S, TimeUnit.SECONDS)
              .get(partition);
      return Optional.ofNullable(offset)
          .map(one -> new Committed(parse(one.metadata()), one.offset()));
    }
  }

  private static String text(SourceProgress progress) {
    return progress.next() + " " + progress.until();
  }

  private static SourceProgress parse(String text) {
    String[] parts = text.split(" ", 2);
    return new SourceProgress(Long.parseLong(parts[0]), Instant.parse(parts[1]));
  }

  @Override
  public synchronized void close() {
    open.ifPresent(Producer::close);
    open = Optional.empty();
    superseded = true;
  }
}
