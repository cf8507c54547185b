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

/// The type of a result: the envelope's `ce_type` and the field `type` of its JSON, its schema and
/// its topic.
public enum ResultType {
  EVENT(VideoEvent.class, "io.chronoscope.event", "event", Topic.EVENTS),
  SUMMARY(Summary.class, "io.chronoscope.summary", "summary", Topic.SUMMARIES),
  /// Stands where the window's summary would stand.
  UNANSWERED(Unanswered.class, "io.chronoscope.window.unanswered", "unanswered", Topic.SUMMARIES),
  /// Concerns every reader of events: without it, "no events" would be ambiguous.
  GAP(Gap.class, "io.chronoscope.gap", "gap", Topic.EVENTS),
  STREAM_END(StreamEnd.class, "io.chronoscope.stream.ended", "stream-end", Topic.EVENTS),
  ALERT(Alert.class, "io.chronoscope.alert", "alert", Topic.ALERTS),
  ANSWER(QuestionAnswer.class, "io.chronoscope.answer", "answer", Topic.ANSWERS),
  DEAD_LETTER(DeadLetter.class, "io.chronoscope.chunk.rejected", "dead-letter", Topic.DEAD_LETTERS);

  private final Class<? extends Result> resultClass;
  private final String cloudEventsType;
  private final URI schema;
  private final Topic topic;

  ResultType(
      Class<? extends Result> resultClass, String cloudEventsType, String schema, Topic topic) {
    this.resultClass = resultClass;
    this.cloudEventsType = cloudEventsType;
    this.topic = topic;
    this.schema = URI.create("urn:chronoscope:schema:" + schema + ":1");
  }

  Class<? extends Result> resultClass() {
    return resultClass;
  }

  public String cloudEventsType() {
    return cloudEventsType;
  }

  /// `$id` of the published schema.
  public URI schema() {
    return schema;
  }

  /// The topic on which results of this type are published.
  public Topic topic() {
    return topic;
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

  /// @throws MalformedRecordException when no type has this name
  public static ResultType named(String cloudEventsType) {
    for (ResultType type : values()) {
      if (type.cloudEventsType.equals(cloudEventsType)) {
        return type;
      }
    }
    throw new MalformedRecordException("type is unknown: " + cloudEventsType);
  }
}
