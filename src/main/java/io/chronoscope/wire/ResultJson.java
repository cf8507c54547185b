package io.chronoscope.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;

/// Results as JSON objects: the values of the records on the topics, and the lines that commands
/// print with `--json`. The published schemas (`kafka/schemas`) describe exactly these objects.
/// Times keep microseconds.
public final class ResultJson {

  private ResultJson() {}

  public static ObjectNode write(Result result) {
    ObjectNode json = Json.newObject().put("type", ResultType.of(result).cloudEventsType());
    return json.setAll(Json.write(result));
  }

  /// A dead letter with what is known about the rejected record.
  public static ObjectNode write(DeadLetter deadLetter, RejectedRecord rejected) {
    return write(deadLetter).setAll(Json.write(rejected));
  }

  /// @throws MalformedRecordException naming the field that is missing or wrong
  public static Result parse(byte[] json) {
    return read(Json.parse(json));
  }

  /// @throws MalformedRecordException naming the field that is missing or wrong
  public static Result read(ObjectNode json) {
    ResultType type = ResultType.named(Json.read(json, Typed.class).type());
    return Json.read(json, type.resultClass());
  }

  private record Typed(String type) {}
}
