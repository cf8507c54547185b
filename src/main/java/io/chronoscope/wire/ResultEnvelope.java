package io.chronoscope.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.Revised;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.MessageReader;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Utils;

/// Results as records: CloudEvents in binary mode with a JSON value. A record depends on the result
/// alone, except for trace headers, so that writing a result twice gives the same record twice.
public final class ResultEnvelope {

  private final TopicNames topics;
  private final URI source;
  private final BiConsumer<Result, Headers> moreHeaders;

  /// @param source the `ce_source` of every record, for instance `/chronoscope`
  public ResultEnvelope(TopicNames topics, URI source) {
    this(topics, source, (result, headers) -> {});
  }

  /// @param moreHeaders adds headers, for instance of traces
  public ResultEnvelope(TopicNames topics, URI source, BiConsumer<Result, Headers> moreHeaders) {
    this.topics = topics;
    this.source = source;
    this.moreHeaders = moreHeaders;
  }

  /// The record to send. The results of a stream share one partition per topic, whatever their
  /// keys, so that they keep their order.
  ///
  /// @param partitions partitions of the result's topic
  public ProducerRecord<String, byte[]> write(Result result, int partitions) {
    return write(result, ResultJson.write(result), occurred(result), partitions);
  }

  /// The record of a dead letter, with what is known about the rejected record.
  ///
  /// @param partitions partitions of the dead-letter topic
  public ProducerRecord<String, byte[]> write(
      DeadLetter deadLetter, RejectedRecord rejected, int partitions) {
    return write(
        deadLetter,
        ResultJson.write(deadLetter, rejected),
        Optional.of(rejected.recordTime()),
        partitions);
  }

  /// What follows a withdrawn result in the same transaction: a tombstone, so that compaction
  /// removes the result and a table of the topic no longer has it.
  ///
  /// @param partitions partitions of the result's topic
  /// @return empty for a result that stays valid
  public Optional<ProducerRecord<String, byte[]>> tombstone(Result result, int partitions) {
    return isWithdrawn(result)
        ? Optional.of(
            new ProducerRecord<>(
                topic(result), partition(result.stream(), partitions), key(result), null))
        : Optional.empty();
  }

  private static boolean isWithdrawn(Result result) {
    return switch (result) {
      case VideoEvent event -> event.status() == Status.WITHDRAWN;
      case Alert alert -> alert.status() == Status.WITHDRAWN;
      case Gap gap -> gap.status() == Status.WITHDRAWN;
      case Summary summary -> false;
      case Unanswered unanswered -> false;
      case StreamEnd end -> false;
      case QuestionAnswer answer -> false;
      case DeadLetter letter -> false;
    };
  }

  private ProducerRecord<String, byte[]> write(
      Result result, JsonNode json, Optional<Instant> occurred, int partitions) {
    ResultType type = ResultType.of(result);
    CloudEventBuilder event =
        CloudEventBuilder.v1()
            .withId(cloudEventsId(result))
            .withSource(source)
            .withType(type.cloudEventsType())
            .withSubject(result.stream())
            .withDataSchema(type.schema())
            .withData("application/json", Json.bytes(json));
    occurred.ifPresent(time -> event.withTime(time.atOffset(ZoneOffset.UTC)));
    ProducerRecord<String, byte[]> record =
        KafkaMessageFactory.createWriter(
                topics.of(type), partition(result.stream(), partitions), key(result))
            .writeBinary(event.build());
    moreHeaders.accept(result, record.headers());
    return record;
  }

  /// The topic of a result.
  public String topic(Result result) {
    return topics.of(ResultType.of(result));
  }

  /// Reads a record of a results topic.
  ///
  /// @throws MalformedRecordException when it was not written by this class, or is damaged
  public static Result read(ConsumerRecord<?, byte[]> record) {
    CloudEvent event;
    try {
      MessageReader reader = KafkaMessageFactory.createReader(record);
      event = reader.toEvent();
    } catch (CloudEventRWException | IllegalStateException e) {
      throw new MalformedRecordException("not a CloudEvent: " + e.getMessage(), e);
    }
    if (event.getData() == null) {
      throw new MalformedRecordException(
          "a CloudEvent of type " + event.getType() + " without data");
    }
    ResultType.named(event.getType());
    return ResultJson.parse(event.getData().toBytes());
  }

  /// The partition of a stream's records: what the default partitioner chooses for the stream id as
  /// key, although the records carry other keys.
  static int partition(String stream, int partitions) {
    return Utils.toPositive(Utils.murmur2(Utils.utf8(stream))) % partitions;
  }

  /// Compaction retains the last record per key, such as the last revision of an event.
  private static String key(Result result) {
    return result instanceof DeadLetter letter ? letter.stream() : result.id();
  }

  private static String cloudEventsId(Result result) {
    return result instanceof Revised revised
        ? revised.id() + "/" + revised.revision()
        : result.id();
  }

  private static Optional<Instant> occurred(Result result) {
    return switch (result) {
      case VideoEvent event -> Optional.of(event.start());
      case Alert alert -> Optional.of(alert.start());
      case Gap gap -> Optional.of(gap.start());
      case Summary summary -> Optional.of(summary.end());
      case Unanswered unanswered -> Optional.of(unanswered.end());
      case StreamEnd end -> Optional.of(end.end());
      case QuestionAnswer answer -> Optional.empty();
      case DeadLetter deadLetter -> Optional.empty();
    };
  }
}
