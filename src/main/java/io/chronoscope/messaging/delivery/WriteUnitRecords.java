package io.chronoscope.messaging.delivery;

import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// Builds the records of a [WriteUnit].
public final class WriteUnitRecords {

  private final ResultEnvelope envelope;
  private final TopicNames topics;
  private final ChunkOffsets offsets;

  /// @param offsets knows the content of rejected records
  public WriteUnitRecords(ResultEnvelope envelope, TopicNames topics, ChunkOffsets offsets) {
    this.envelope = envelope;
    this.topics = topics;
    this.offsets = offsets;
  }

  /// @param producer knows how many partitions a topic has; blocks until it does
  List<ProducerRecord<String, byte[]>> results(WriteUnit unit, Producer<String, byte[]> producer) {
    return unit.results().stream().flatMap(result -> records(result, producer)).toList();
  }

  /// The stream's state after a commit; empty for a record that belongs to no stream.
  Optional<ProducerRecord<String, byte[]>> state(WriteUnit unit) {
    return switch (unit) {
      case WriteUnit.OfCommit(var commit) ->
          Optional.of(
              new ProducerRecord<>(
                  topics.of(Topic.STATE),
                  commit.resumeFrom().partition(),
                  commit.stream(),
                  StateRecord.after(commit).json()));
      case WriteUnit.OfRejection rejection -> Optional.empty();
    };
  }

  /// The tombstone that deletes a stream's state.
  ProducerRecord<String, byte[]> tombstone(TopicPartition partition, String stream) {
    return new ProducerRecord<>(topics.of(Topic.STATE), partition.partition(), stream, null);
  }

  private Stream<ProducerRecord<String, byte[]>> records(
      Result result, Producer<String, byte[]> producer) {
    int partitions = producer.partitionsFor(envelope.topic(result)).size();
    return Stream.concat(
        Stream.of(record(result, partitions)), envelope.tombstone(result, partitions).stream());
  }

  private ProducerRecord<String, byte[]> record(Result result, int partitions) {
    if (result instanceof DeadLetter letter) {
      return offsets
          .pending(letter.origin())
          .map(pending -> envelope.write(letter, pending.record(), partitions))
          .orElseGet(() -> envelope.write(letter, partitions));
    }
    return envelope.write(result, partitions);
  }
}
