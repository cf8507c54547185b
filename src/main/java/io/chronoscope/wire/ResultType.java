package io.chronoscope.wire;

import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import java.net.URI;

/// What a result is: the envelope's `ce_type`, and the field `type` of its JSON.
public enum ResultType {
  EVENT("io.chronoscope.event", "event"),
  SUMMARY("io.chronoscope.summary", "summary"),
  UNANSWERED("io.chronoscope.window.unanswered", "unanswered"),
  GAP("io.chronoscope.gap", "gap"),
  STREAM_END("io.chronoscope.stream.ended", "stream-end"),
  ALERT("io.chronoscope.alert", "alert"),
  ANSWER("io.chronoscope.answer", "answer"),
  DEAD_LETTER("io.chronoscope.chunk.rejected", "dead-letter");

  private final String cloudEventsType;
  private final URI schema;

  ResultType(String cloudEventsType, String schema) {
    this.cloudEventsType = cloudEventsType;
    this.schema = URI.create("urn:chronoscope:schema:" + schema + ":1");
  }

  public String cloudEventsType() {
    return cloudEventsType;
  }

  /// `$id` of the published schema.
  public URI schema() {
    return schema;
  }

  public static ResultType of(Result result) {
    return switch (result) {
      case VideoEvent event -> EVENT;
      case Summary summary -> SUMMARY;
      case Unanswered unanswered -> UNANSWERED;
      case Gap gap -> GAP;
      case StreamEnd end -> STREAM_END;
      case Alert alert -> ALERT;
      case QuestionAnswer answer -> ANSWER;
      case DeadLetter deadLetter -> DEAD_LETTER;
    };
  }

  /// @throws MalformedRecordException when there is no such type
  public static ResultType named(String cloudEventsType) {
    for (ResultType type : values()) {
      if (type.cloudEventsType.equals(cloudEventsType)) {
        return type;
      }
    }
    throw new MalformedRecordException("type is unknown: " + cloudEventsType);
  }
}
