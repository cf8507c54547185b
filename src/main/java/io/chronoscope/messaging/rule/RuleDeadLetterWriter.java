package io.chronoscope.messaging.rule;

import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.chronoscope.messaging.MessagingMetrics;
import io.chronoscope.messaging.delivery.ConsumeProduceLoop;
import io.chronoscope.messaging.delivery.ConsumeProduceLoop.Output;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.RuleChange;
import io.chronoscope.wire.RuleRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Writes a dead letter for every invalid record on the rules topic. All instances load all rules,
/// but only one may write the dead letter of a record, so they share a consumer group for it.
public final class RuleDeadLetterWriter implements AutoCloseable {

  private static final int MAX_RECORDS = 500;

  private final ConsumeProduceLoop loop;

  /// @param kafka client properties
  /// @param group of the instances; the group of the dead letters is named after it
  /// @param topic of the rules
  public RuleDeadLetterWriter(
      Map<String, Object> kafka,
      String group,
      String topic,
      ResultEnvelope envelope,
      DeliveryGuarantee delivery,
      MessagingMetrics metrics) {
    this.loop =
        new ConsumeProduceLoop(
            new ConsumeProduceLoop.Settings(
                "rule-dead-letters", topic, group + "-rules", MAX_RECORDS, 1, delivery),
            kafka,
            envelope,
            records -> CompletableFuture.completedFuture(deadLetters(records)),
            metrics);
  }

  public void start() {
    loop.start();
  }

  private static List<Output> deadLetters(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream().flatMap(RuleDeadLetterWriter::deadLetter).toList();
  }

  private static Stream<Output> deadLetter(ConsumerRecord<byte[], byte[]> record) {
    if (!(RuleRecord.read(record) instanceof RuleChange.Malformed malformed)) {
      return Stream.empty();
    }
    // A rule belongs to no stream, so the dead letter names the partition instead.
    DeadLetter letter =
        new DeadLetter(
            record.topic() + "-" + record.partition(), malformed.at(), malformed.rejection());
    return Stream.of(new Output(letter, record));
  }

  /// Stops after the dead letters that are being written.
  @Override
  public void close() {
    loop.close();
  }
}
