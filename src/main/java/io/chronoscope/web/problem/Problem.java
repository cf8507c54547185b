package io.chronoscope.web.problem;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.wire.Json;
import java.time.Duration;
import java.util.Optional;

/// Why a request was not fulfilled.
///
/// @param detail for people: what is wrong and where
/// @param field the parameter, header or field of the body that is wrong
/// @param retryAfter when it may succeed
public record Problem(
    Reason reason, String detail, Optional<String> field, Optional<Duration> retryAfter) {

  public static final String CONTENT_TYPE = "application/problem+json";

  private static final int MAX_DETAIL = 1_000;

  public Problem {
    detail = detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL - 1) + "…";
  }

  public Problem(Reason reason, String detail) {
    this(reason, detail, Optional.empty(), Optional.empty());
  }

  /// A parameter, header or field that cannot be used.
  public static Problem ofField(Reason reason, String field, String detail) {
    return new Problem(reason, detail, Optional.of(field), Optional.empty());
  }

  public ProblemException exception() {
    return new ProblemException(this);
  }

  public ObjectNode json() {
    ObjectNode json =
        Json.newObject()
            .put("type", "urn:chronoscope:problem:" + reason.code())
            .put("title", reason.title())
            .put("status", reason.status())
            .put("reason", reason.code())
            .put("detail", detail);
    field.ifPresent(name -> json.put("field", name));
    return json;
  }

  public byte[] bytes() {
    return Json.bytes(json());
  }
}
