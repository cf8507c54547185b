package io.chronoscope.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.Revised;
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

/// Results as records: CloudEvents in binary mode with JSON as value. Everything in a record but
/// further headers (those of traces) follows from the result alone, so that the same result written
/// twice gives the same record twice.
public final class ResultEnvelope {

  private final TopicNames topics;
  private final URI source;
  private final BiConsumer<Result, Headers> further;

  /// @param source the `ce_source` of every record, for instance `/chronoscope`
  public ResultEnvelope(TopicNames topics, URI source) {
    this(topics, source, (result, headers) -> {});
  }

  /// @param further adds headers that are none of the result's own
  public ResultEnvelope(TopicNames topics, URI source, BiConsumer<Result, Headers> further) {
    this.topics = topics;
    this.source = source;
    this.further = further;
  }

  /// The record to be sent. A stream's results share one partition of each topic, whatever their
  /// keys, so that they keep their order.
  ///
  /// @param partitions partitions of the result's topic
  public ProducerRecord<String, byte[]> write(Result result, int partitions) {
    return write(result, ResultJson.write(result), occurred(result), partitions);
  }

  /// The record of a dead letter with what was known of the refused record besides.
  ///
  /// @param partitions partitions of the dead letters' topic
  public ProducerRecord<String, byte[]> write(
      DeadLetter deadLetter, RejectedRecord refused, int partitions) {
    return write(
        deadLetter,
        ResultJson.write(deadLetter, refused),
        Optional.of(refused.recordTime()),
        partitions);
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
    further.accept(result, record.headers());
    return record;
  }

  /// The topic of a result.
  public String topic(Result result) {
    return topics.of(ResultType.of(result));
  }

  /// Reads a record of one of the results' topics.
  ///
  /// @throws MalformedRecordException when it is none of ours, or damaged
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

  /// The partition on which a stream's records lie: the usual partitioner's choice for the stream
  /// id as key, also where records carry other keys.
  static int partition(String stream, int partitions) {
    return Utils.toPositive(Utils.murmur2(Utils.utf8(stream))) % partitions;
  }

  /// Compacted topics keep the last record of each key: the last revision of an event.
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
