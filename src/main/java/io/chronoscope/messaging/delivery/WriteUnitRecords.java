package io.chronoscope.messaging.delivery;

import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// The records that a portion consists of.
public final class WriteUnitRecords {

  private final ResultEnvelope envelope;
  private final TopicNames topics;
  private final ChunkOffsets offsets;

  /// @param offsets knows what was read of a refused record
  public WriteUnitRecords(ResultEnvelope envelope, TopicNames topics, ChunkOffsets offsets) {
    this.envelope = envelope;
    this.topics = topics;
    this.offsets = offsets;
  }

  /// @param producer knows how many partitions a topic has; may block until it does
  List<ProducerRecord<String, byte[]>> results(
      WriteUnit portion, Producer<String, byte[]> producer) {
    return portion.results().stream().map(result -> record(result, producer)).toList();
  }

  /// The stream's mark after a step; empty for a record that belongs to no stream.
  Optional<ProducerRecord<String, byte[]>> state(WriteUnit portion) {
    return switch (portion) {
      case WriteUnit.OfStep(var step) ->
          Optional.of(
              new ProducerRecord<>(
                  topics.of(Topic.STATE),
                  step.resumeFrom().partition(),
                  step.stream(),
                  StateRecord.after(step).json()));
      case WriteUnit.OfRecord alone -> Optional.empty();
    };
  }

  /// Takes a stream's mark off the state topic.
  ProducerRecord<String, byte[]> withoutMark(TopicPartition partition, String stream) {
    return new ProducerRecord<>(topics.of(Topic.STATE), partition.partition(), stream, null);
  }

  private ProducerRecord<String, byte[]> record(Result result, Producer<String, byte[]> producer) {
    int partitions = producer.partitionsFor(envelope.topic(result)).size();
    if (result instanceof DeadLetter letter) {
      return offsets
          .taken(letter.origin())
          .map(taken -> envelope.write(letter, taken.record(), partitions))
          .orElseGet(() -> envelope.write(letter, partitions));
    }
    return envelope.write(result, partitions);
  }
}
