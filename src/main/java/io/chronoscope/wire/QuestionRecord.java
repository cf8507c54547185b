package io.chronoscope.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Questions as records: the key is the question's id, the value JSON (`question.schema.json`).
/// Headers mean nothing.
public final class QuestionRecord {

  private static final Set<String> FIELDS =
      new TreeSet<>(Set.of("stream", "question", "from", "to"));

  private QuestionRecord() {}

  public static QuestionAsked read(ConsumerRecord<byte[], byte[]> record) {
    String where = record.topic() + "-" + record.partition();
    JsonFields fields;
    String id;
    try {
      if (record.key() == null || record.key().length == 0) {
        throw new MalformedRecordException("the key is missing; it is the question's id");
      }
      id = new String(record.key(), StandardCharsets.UTF_8);
      if (id.isBlank() || id.length() > Question.MAX_ID) {
        throw new MalformedRecordException(
            "the key is %s; it is the question's id, of 1 to %d characters"
                .formatted(id.isBlank() ? "blank" : "too long", Question.MAX_ID));
      }
      if (record.value() == null) {
        throw new MalformedRecordException("question " + id + " has no value");
      }
      fields = JsonFields.parse(record.value());
    } catch (MalformedRecordException e) {
      return new QuestionAsked.Unreadable(
          where,
          new ChunkOrigin(record.topic(), record.partition(), record.offset()),
          new Rejection(Rejection.Reason.BAD_QUESTION, String.valueOf(e.getMessage())));
    }
    try {
      return new QuestionAsked.Understood(question(id, fields));
    } catch (MalformedRecordException | IllegalArgumentException e) {
      return new QuestionAsked.Wrong(
          id,
          readable(fields, fields::text, "stream")
              .filter(s -> !s.isBlank() && s.length() <= Question.MAX_STREAM)
              .orElse(where),
          readable(fields, fields::text, "question")
              .filter(text -> text.length() <= Question.MAX_TEXT)
              .orElse(""),
          readable(fields, fields::instant, "from"),
          readable(fields, fields::instant, "to"),
          Rejection.cut(String.valueOf(e.getMessage())));
    }
  }

  private static Question question(String id, JsonFields fields) {
    fields.haveOnly(FIELDS);
    return new Question(
        id,
        fields.text("stream"),
        fields.text("question"),
        fields.instant("from"),
        fields.instant("to"));
  }

  private static <T> Optional<T> readable(
      JsonFields fields, Function<String, T> read, String field) {
    try {
      return fields.ifThere(field, read);
    } catch (MalformedRecordException e) {
      return Optional.empty();
    }
  }

  public static ProducerRecord<byte[], byte[]> write(String topic, Question question) {
    return new ProducerRecord<>(
        topic, question.id().getBytes(StandardCharsets.UTF_8), JsonFields.bytes(json(question)));
  }

  /// The record's value.
  public static ObjectNode json(Question question) {
    return JsonFields.newObject()
        .put("stream", question.stream())
        .put("question", question.text())
        .put("from", JsonFields.time(question.from()))
        .put("to", JsonFields.time(question.to()));
  }
}
