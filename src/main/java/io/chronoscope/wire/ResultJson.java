package io.chronoscope.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.TimeSpan;
import java.time.Instant;
import java.util.List;

/// Results as JSON objects: the values of the records on the topics and the lines that the commands
/// print with `--json`. The published schemas (`kafka/schemas`) describe exactly these objects.
/// Times are kept to the microsecond.
public final class ResultJson {

  private ResultJson() {}

  public static ObjectNode write(Result result) {
    ObjectNode json = JsonFields.newObject().put("type", ResultType.of(result).cloudEventsType());
    switch (result) {
      case VideoEvent event -> writeEvent(json, event);
      case Summary summary -> writeSummary(json, summary);
      case Unanswered unanswered -> writeUnanswered(json, unanswered);
      case Gap gap -> writeGap(json, gap);
      case StreamEnd end -> writeStreamEnd(json, end);
      case Alert alert -> writeAlert(json, alert);
      case QuestionAnswer answer -> writeAnswer(json, answer);
      case DeadLetter deadLetter -> writeDeadLetter(json, deadLetter);
    }
    return json;
  }

  /// A dead letter with what the reader of the refused record knew of it besides.
  public static ObjectNode write(DeadLetter deadLetter, RefusedRecord refused) {
    ObjectNode json =
        write(deadLetter)
            .put("recordTime", JsonFields.time(refused.time()))
            .put("sizeBytes", refused.sizeBytes());
    refused
        .reference()
        .ifPresent(reference -> json.set("reference", ReferenceJson.write(reference)));
    refused.redriveOf().ifPresent(letter -> json.put("redriveOf", letter));
    return json;
  }

  /// @throws MalformedRecordException naming the field that is missing or wrong
  public static Result parse(byte[] json) {
    return read(JsonFields.parse(json));
  }

  /// @throws MalformedRecordException naming the field that is missing or wrong
  public static Result read(JsonFields json) {
    ResultType type = ResultType.named(json.text("type"));
    try {
      return switch (type) {
        case EVENT -> readEvent(json);
        case SUMMARY -> readSummary(json);
        case UNANSWERED -> readUnanswered(json);
        case GAP -> readGap(json);
        case STREAM_END -> readStreamEnd(json);
        case ALERT -> readAlert(json);
        case ANSWER -> readAnswer(json);
        case DEAD_LETTER -> readDeadLetter(json);
      };
    } catch (IllegalArgumentException e) {
      throw new MalformedRecordException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void writeEvent(ObjectNode json, VideoEvent event) {
    json.put("id", event.id());
    json.put("revision", event.revision());
    json.put("status", JsonFields.written(event.status()));
    json.put("stream", event.stream());
    writeSpan(json, event.start(), event.end(), event.startOffsetMs(), event.endOffsetMs());
    json.put("toleranceMs", event.toleranceMs());
    json.put("description", event.description());
    json.set("model", writeModel(event.model()));
    json.set("sampling", writeSampling(event.sampling()));
    writeOrigins(json.putArray("chunks"), event.chunks());
  }

  private static VideoEvent readEvent(JsonFields json) {
    return new VideoEvent(
        json.text("id"),
        json.integer("revision"),
        json.constant(Status.class, "status"),
        json.text("stream"),
        new TimeSpan(
            json.instant("start"),
            json.instant("end"),
            json.number("startOffsetMs"),
            json.number("endOffsetMs")),
        json.number("toleranceMs"),
        json.text("description"),
        new Provenance(readModel(json.object("model")), readSampling(json.object("sampling"))),
        json.objects("chunks", ResultJson::readOrigin));
  }

  private static void writeSummary(ObjectNode json, Summary summary) {
    json.put("id", summary.id());
    json.put("revision", summary.revision());
    json.put("level", JsonFields.written(summary.level()));
    json.put("stream", summary.stream());
    writeSpan(json, summary.start(), summary.end(), summary.startOffsetMs(), summary.endOffsetMs());
    json.put("text", summary.text());
    json.set("model", writeModel(summary.model()));
    json.set("sampling", writeSampling(summary.sampling()));
    ArrayNode restsOn = json.putArray("restsOn");
    summary.restsOn().forEach(restsOn::add);
  }

  private static Summary readSummary(JsonFields json) {
    return new Summary(
        json.text("id"),
        json.integer("revision"),
        json.constant(Level.class, "level"),
        json.text("stream"),
        new TimeSpan(
            json.instant("start"),
            json.instant("end"),
            json.number("startOffsetMs"),
            json.number("endOffsetMs")),
        json.text("text"),
        new Provenance(readModel(json.object("model")), readSampling(json.object("sampling"))),
        json.texts("restsOn"));
  }

  private static void writeUnanswered(ObjectNode json, Unanswered unanswered) {
    json.put("id", unanswered.id());
    json.put("stream", unanswered.stream());
    writeSpan(
        json,
        unanswered.start(),
        unanswered.end(),
        unanswered.startOffsetMs(),
        unanswered.endOffsetMs());
    json.put("problem", unanswered.problem());
    json.put("answer", unanswered.answer());
    json.set("model", writeModel(unanswered.model()));
    json.set("sampling", writeSampling(unanswered.sampling()));
  }

  private static Unanswered readUnanswered(JsonFields json) {
    return new Unanswered(
        json.text("id"),
        json.text("stream"),
        new TimeSpan(
            json.instant("start"),
            json.instant("end"),
            json.number("startOffsetMs"),
            json.number("endOffsetMs")),
        json.text("problem"),
        json.text("answer"),
        new Provenance(readModel(json.object("model")), readSampling(json.object("sampling"))));
  }

  private static void writeGap(ObjectNode json, Gap gap) {
    json.put("id", gap.id());
    json.put("revision", gap.revision());
    json.put("status", JsonFields.written(gap.status()));
    json.put("stream", gap.stream());
    writeSpan(json, gap.start(), gap.end(), gap.startOffsetMs(), gap.endOffsetMs());
    json.put("cause", JsonFields.written(gap.cause()));
    json.put("detail", gap.detail());
  }

  private static Gap readGap(JsonFields json) {
    return new Gap(
        json.text("id"),
        json.integer("revision"),
        json.constant(Status.class, "status"),
        json.text("stream"),
        new TimeSpan(
            json.instant("start"),
            json.instant("end"),
            json.number("startOffsetMs"),
            json.number("endOffsetMs")),
        json.constant(Gap.Cause.class, "cause"),
        json.text("detail"));
  }

  private static void writeStreamEnd(ObjectNode json, StreamEnd end) {
    json.put("id", end.id());
    json.put("stream", end.stream());
    json.put("start", JsonFields.time(end.start()));
    json.put("end", JsonFields.time(end.end()));
    json.put("durationMs", end.durationMs());
    json.put("windows", end.windows());
    json.put("events", end.events());
    json.put("notSeenMs", end.notSeenMs());
  }

  private static StreamEnd readStreamEnd(JsonFields json) {
    return new StreamEnd(
        json.text("id"),
        json.text("stream"),
        json.instant("start"),
        json.instant("end"),
        json.number("durationMs"),
        json.number("windows"),
        json.number("events"),
        json.number("notSeenMs"));
  }

  private static void writeAlert(ObjectNode json, Alert alert) {
    json.put("id", alert.id());
    json.put("revision", alert.revision());
    json.put("status", JsonFields.written(alert.status()));
    json.put("rule", alert.rule());
    json.put("text", alert.text());
    json.put("priority", alert.priority());
    json.put("stream", alert.stream());
    writeSpan(json, alert.start(), alert.end(), alert.startOffsetMs(), alert.endOffsetMs());
    json.put("toleranceMs", alert.toleranceMs());
    json.put("score", alert.score());
    alert.event().ifPresent(event -> json.put("event", event));
    json.set("model", writeModel(alert.model()));
    json.set("sampling", writeSampling(alert.sampling()));
    writeOrigins(json.putArray("chunks"), alert.chunks());
  }

  private static Alert readAlert(JsonFields json) {
    return new Alert(
        json.text("id"),
        json.integer("revision"),
        json.constant(Status.class, "status"),
        json.text("rule"),
        json.text("text"),
        json.integer("priority"),
        json.text("stream"),
        new TimeSpan(
            json.instant("start"),
            json.instant("end"),
            json.number("startOffsetMs"),
            json.number("endOffsetMs")),
        json.number("toleranceMs"),
        json.decimal("score"),
        json.ifThere("event", json::text),
        new Provenance(readModel(json.object("model")), readSampling(json.object("sampling"))),
        json.objects("chunks", ResultJson::readOrigin));
  }

  private static void writeAnswer(ObjectNode json, QuestionAnswer answer) {
    json.put("id", answer.id());
    json.put("stream", answer.stream());
    json.put("question", answer.question());
    answer.from().ifPresent(from -> json.put("from", JsonFields.time(from)));
    answer.to().ifPresent(to -> json.put("to", JsonFields.time(to)));
    answer.problem().ifPresent(problem -> json.put("problem", problem));
    ArrayNode spans = json.putArray("spans");
    for (QuestionAnswer.Span span : answer.spans()) {
      ObjectNode one = spans.addObject();
      one.put("start", JsonFields.time(span.start()));
      one.put("end", JsonFields.time(span.end()));
      one.put("toleranceMs", span.toleranceMs());
      one.put("score", span.score());
      writeOrigins(one.putArray("chunks"), span.chunks());
    }
    ArrayNode notSeen = json.putArray("notSeen");
    for (QuestionAnswer.NotSeen part : answer.notSeen()) {
      notSeen
          .addObject()
          .put("start", JsonFields.time(part.start()))
          .put("end", JsonFields.time(part.end()))
          .put("reason", part.reason());
    }
    json.set("model", writeModel(answer.model()));
    answer.sampling().ifPresent(sampling -> json.set("sampling", writeSampling(sampling)));
  }

  private static QuestionAnswer readAnswer(JsonFields json) {
    return new QuestionAnswer(
        json.text("id"),
        json.text("stream"),
        json.text("question"),
        json.ifThere("from", json::instant),
        json.ifThere("to", json::instant),
        json.ifThere("problem", json::text),
        json.objects(
            "spans",
            span ->
                new QuestionAnswer.Span(
                    span.instant("start"),
                    span.instant("end"),
                    span.number("toleranceMs"),
                    span.decimal("score"),
                    span.objects("chunks", ResultJson::readOrigin))),
        json.objects(
            "notSeen",
            part ->
                new QuestionAnswer.NotSeen(
                    part.instant("start"), part.instant("end"), part.text("reason"))),
        readModel(json.object("model")),
        json.ifThere("sampling", field -> readSampling(json.object(field))));
  }

  private static void writeOrigins(ArrayNode array, List<ChunkOrigin> origins) {
    origins.forEach(origin -> array.add(writeOrigin(origin)));
  }

  private static void writeDeadLetter(ObjectNode json, DeadLetter deadLetter) {
    json.put("id", deadLetter.id());
    json.put("stream", deadLetter.stream());
    json.put("reason", JsonFields.written(deadLetter.rejection().reason()));
    json.put("detail", deadLetter.rejection().detail());
    json.set("origin", writeOrigin(deadLetter.origin()));
  }

  private static DeadLetter readDeadLetter(JsonFields json) {
    return new DeadLetter(
        json.text("stream"),
        readOrigin(json.object("origin")),
        new Rejection(json.constant(Rejection.Reason.class, "reason"), json.text("detail")));
  }

  private static void writeSpan(
      ObjectNode json, Instant start, Instant end, long startOffsetMs, long endOffsetMs) {
    json.put("start", JsonFields.time(start));
    json.put("end", JsonFields.time(end));
    json.put("startOffsetMs", startOffsetMs);
    json.put("endOffsetMs", endOffsetMs);
  }

  private static ObjectNode writeModel(ModelRef model) {
    return JsonFields.newObject().put("name", model.name()).put("revision", model.revision());
  }

  private static ModelRef readModel(JsonFields json) {
    return new ModelRef(json.text("name"), json.text("revision"));
  }

  public static ObjectNode writeSampling(Sampling sampling) {
    return JsonFields.newObject()
        .put("framesSeen", sampling.framesSeen())
        .put("fps", sampling.fps())
        .put("reason", sampling.reason())
        .put("videoTokens", sampling.videoTokens())
        .put("frameWidthPx", sampling.frameWidthPx())
        .put("frameHeightPx", sampling.frameHeightPx())
        .put("lagMs", sampling.lagMs())
        .put("loadLevel", sampling.loadLevel());
  }

  public static Sampling readSampling(JsonFields json) {
    return new Sampling(
        json.integer("framesSeen"),
        json.decimal("fps"),
        json.text("reason"),
        json.integer("videoTokens"),
        json.integer("frameWidthPx"),
        json.integer("frameHeightPx"),
        json.number("lagMs"),
        json.integer("loadLevel"));
  }

  public static ObjectNode writeOrigin(ChunkOrigin origin) {
    return JsonFields.newObject()
        .put("topic", origin.topic())
        .put("partition", origin.partition())
        .put("offset", origin.offset());
  }

  public static ChunkOrigin readOrigin(JsonFields json) {
    return new ChunkOrigin(json.text("topic"), json.integer("partition"), json.number("offset"));
  }
}
