package io.chronoscope.wire;

import static io.chronoscope.fuzz.Invariants.require;
import static io.chronoscope.fuzz.Invariants.requireText;

import io.chronoscope.domain.Question;
import io.chronoscope.fuzz.HeaderText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// Fuzz target: a record of the questions topic, as [HeaderText] writes it. A question that is
/// written again, to the microsecond, must be read as the same question.
public final class QuestionRecordFuzz {

  private QuestionRecordFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    switch (QuestionRecord.read(HeaderText.record("questions", input))) {
      case ReceivedQuestion.Valid(Question question) -> {
        byte[] written = Json.bytes(QuestionRecord.json(question));
        require(
            QuestionRecord.read(again(question, written))
                    instanceof ReceivedQuestion.Valid(Question same)
                && Arrays.equals(written, Json.bytes(QuestionRecord.json(same))),
            "%s is not read again as it is written".formatted(question));
      }
      case ReceivedQuestion.Invalid invalid -> {
        requireText(invalid.problem());
        require(!invalid.id().isBlank(), "an answer without an id");
        require(!invalid.stream().isBlank(), "an answer without a stream");
      }
      case ReceivedQuestion.Unreadable unreadable -> requireText(unreadable.rejection().detail());
    }
  }

  private static ConsumerRecord<byte[], byte[]> again(Question question, byte[] value) {
    return HeaderText.record(
        "questions", question.id().getBytes(StandardCharsets.UTF_8), value, new RecordHeaders(), 0);
  }
}
