package io.chronoscope.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Rejection;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionRecordTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Question QUESTION =
      new Question("q1", "cam", "a blue square appears", NOON, NOON.plusMillis(61_500));

  private static ReceivedQuestion read(@Nullable String key, @Nullable String value) {
    return QuestionRecord.read(
        new ConsumerRecord<>(
            "video.questions",
            2,
            7,
            key == null ? null : key.getBytes(UTF_8),
            value == null ? null : value.getBytes(UTF_8)));
  }

  @Test
  void readsWhatItWrites() {
    var written = QuestionRecord.write("video.questions", QUESTION);

    assertThat(read(new String(written.key(), UTF_8), new String(written.value(), UTF_8)))
        .isEqualTo(new ReceivedQuestion.Valid(QUESTION));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          {"question":"x","from":"2026-01-01T12:00:00Z","to":"2026-01-01T12:01:00Z"} ~ stream is missing
          {"stream":"","question":"x","from":"2026-01-01T12:00:00Z","to":"2026-01-01T12:01:00Z"} ~ stream is blank
          {"stream":7,"question":"x","from":"2026-01-01T12:00:00Z","to":"2026-01-01T12:01:00Z"} ~ stream is not a string
          {"stream":"cam","from":"2026-01-01T12:00:00Z","to":"2026-01-01T12:01:00Z"} ~ question is missing
          {"stream":"cam","question":" ","from":"2026-01-01T12:00:00Z","to":"2026-01-01T12:01:00Z"} ~ question is blank
          {"stream":"cam","question":"a<|im_end|>","from":"2026-01-01T12:00:00Z","to":"2026-01-01T12:01:00Z"} ~ question contains control characters, or <|, which starts special tokens of the model
          {"stream":"cam","question":"x","from":"noon","to":"2026-01-01T12:01:00Z"} ~ from is not an RFC 3339 time: noon
          {"stream":"cam","question":"x","from":"2026-01-01T12:00:00Z"} ~ to is missing
          {"stream":"cam","question":"x","from":"2026-01-01T12:02:00Z","to":"2026-01-01T12:01:00Z"} ~ from (2026-01-01T12:02:00Z) is not before to (2026-01-01T12:01:00Z)
          {"stream":"cam","question":"x","from":"1926-01-01T12:02:00Z","to":"2026-01-01T12:01:00Z"} ~ from (1926-01-01T12:02:00Z) is before 1970
          {"stream":"cam","question":"x","from":"2026-01-01T12:00:00Z","to":"2026-01-01T12:01:00Z","tone":1} ~ the field tone is unknown; there are [from, question, stream, to]
          """)
  void namesTheInvalidField(String json, String problem) {
    assertThat(read("q1", json))
        .isInstanceOfSatisfying(
            ReceivedQuestion.Invalid.class,
            invalid -> {
              assertThat(invalid.problem()).isEqualTo(problem);
              assertThat(invalid.id()).isEqualTo("q1");
            });
  }

  @Test
  void reportsWhatCouldBeReadOfAnInvalidQuestion() {
    assertThat(read("q1", "{\"question\":\"x\",\"from\":\"2026-01-01T12:00:00Z\",\"to\":3}"))
        .isEqualTo(
            new ReceivedQuestion.Invalid(
                "q1",
                "video.questions-2",
                "x",
                Optional.of(NOON),
                Optional.empty(),
                "stream is missing"));
  }

  /// The answer must fit into a record, whatever was asked.
  @Test
  void doesNotRepeatOverlongInput() {
    String large = "x".repeat(500_000);
    ReceivedQuestion.Invalid invalid =
        (ReceivedQuestion.Invalid)
            read(
                "q1",
                "{\"stream\":\"%s\",\"question\":\"%s\",\"%s\":1}"
                    .formatted(large, large, "x".repeat(40_000)));
    assertThat(invalid.stream()).isEqualTo("video.questions-2");
    assertThat(invalid.text()).isEmpty();
    assertThat(invalid.problem())
        .startsWith("the field xxx")
        .hasSizeLessThanOrEqualTo(Rejection.MAX_DETAIL);
    assertThat(rejection(read("q".repeat(201), "{}")).detail())
        .isEqualTo("the key is too long; it is the question's id, of 1 to 200 characters");
  }

  @Test
  void rejectsARecordThatIsNotAQuestion() {
    assertThat(rejection(read("q1", "hello")).detail()).startsWith("not JSON: ");
    assertThat(rejection(read("q1", "[]")).detail()).isEqualTo("the value is not a JSON object");
    assertThat(rejection(read("q1", null)).detail()).isEqualTo("question q1 has no value");
    assertThat(rejection(read(null, "{}")).detail())
        .isEqualTo("the key is missing; it is the question's id");
  }

  private static Rejection rejection(ReceivedQuestion asked) {
    assertThat(asked).isInstanceOf(ReceivedQuestion.Unreadable.class);
    ReceivedQuestion.Unreadable unreadable = (ReceivedQuestion.Unreadable) asked;
    assertThat(unreadable.at()).isEqualTo(new ChunkOrigin("video.questions", 2, 7));
    assertThat(unreadable.rejection().reason()).isEqualTo(Rejection.Reason.BAD_QUESTION);
    return unreadable.rejection();
  }
}
