package io.chronoscope.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Questions as records: the key is the question's id, the value JSON (`question.schema.json`).
/// Headers are ignored.
public final class QuestionRecord {

  private QuestionRecord() {}

  /// The fields of the schema.
  private record Value(String stream, String question, Instant from, Instant to) {

    static Value of(Question question) {
      return new Value(question.stream(), question.text(), question.from(), question.to());
    }

    /// @throws IllegalArgumentException naming the field that is wrong
    Question toQuestion(String id) {
      return new Question(id, stream, question, from, to);
    }
  }

  public static ReceivedQuestion read(ConsumerRecord<byte[], byte[]> record) {
    String partition = record.topic() + "-" + record.partition();
    String id;
    ObjectNode json;
    try {
      id = id(record.key());
      if (record.value() == null) {
        throw new MalformedRecordException("question " + id + " has no value");
      }
      json = Json.parse(record.value());
    } catch (MalformedRecordException e) {
      return new ReceivedQuestion.Unreadable(
          partition,
          new ChunkOrigin(record.topic(), record.partition(), record.offset()),
          new Rejection(Rejection.Reason.BAD_QUESTION, String.valueOf(e.getMessage())));
    }
    try {
      return new ReceivedQuestion.Valid(Json.readStrictly(json, Value.class).toQuestion(id));
    } catch (MalformedRecordException | IllegalArgumentException e) {
      return new ReceivedQuestion.Invalid(
          id,
          text(json, "stream")
              .filter(stream -> !stream.isBlank() && stream.length() <= Question.MAX_STREAM)
              .orElse(partition),
          text(json, "question").filter(text -> text.length() <= Question.MAX_TEXT).orElse(""),
          time(json, "from"),
          time(json, "to"),
          Rejection.truncate(String.valueOf(e.getMessage())));
    }
  }

  private static String id(byte[] key) {
    if (key == null || key.length == 0) {
      throw new MalformedRecordException("the key is missing; it is the question's id");
    }
    String id = new String(key, StandardCharsets.UTF_8);
    if (id.isBlank() || id.length() > Question.MAX_ID) {
      throw new MalformedRecordException(
          "the key is %s; it is the question's id, of 1 to %d characters"
              .formatted(id.isBlank() ? "blank" : "too long", Question.MAX_ID));
    }
    return id;
  }

  private static Optional<String> text(ObjectNode json, String field) {
    return Optional.ofNullable(json.get(field)).map(JsonNode::textValue);
  }

  private static Optional<Instant> time(ObjectNode json, String field) {
    try {
      return text(json, field).map(Rfc3339::parse);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  public static ProducerRecord<byte[], byte[]> write(String topic, Question question) {
    return new ProducerRecord<>(
        topic, question.id().getBytes(StandardCharsets.UTF_8), Json.bytes(json(question)));
  }

  /// The record's value.
  public static ObjectNode json(Question question) {
    return Json.write(Value.of(question));
  }
}
