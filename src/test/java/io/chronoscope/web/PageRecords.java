package io.chronoscope.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Records as they lie on the topics, and streams as the service lists them, for tests of the page.
final class PageRecords {

  static final Instant START = Instant.parse("2026-05-04T12:00:00Z");

  private static final ObjectMapper JSON = new ObjectMapper();

  private PageRecords() {}

  static ObjectNode stream(String id, String state, double seconds) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("state", state)
        .put("start", time(0))
        .put("end", time(seconds))
        .put("refused", 0);
  }

  static ObjectNode event(String stream, String id, double from, double to, String description) {
    return span("io.chronoscope.event", stream, id, from, to)
        .put("status", "closed")
        .put("toleranceMs", 250)
        .put("description", description);
  }

  static ObjectNode alert(ObjectNode event, String rule, double score) {
    ObjectNode alert = event.deepCopy();
    alert.remove("description");
    return alert
        .put("type", "io.chronoscope.alert")
        .put("id", "alr-" + event.get("id").textValue())
        .put("event", event.get("id").textValue())
        .put("rule", rule)
        .put("text", event.get("description").textValue())
        .put("priority", 0)
        .put("score", score);
  }

  static ObjectNode gap(String stream, double from, double to, String cause) {
    return span("io.chronoscope.gap", stream, "gap-" + stream + "-" + from, from, to)
        .put("status", "closed")
        .put("cause", cause)
        .put("detail", "");
  }

  static ObjectNode summary(String stream, String level, double from, double to, String text) {
    return span("io.chronoscope.summary", stream, level + "-" + stream + "-" + from, from, to)
        .put("level", level)
        .put("text", text);
  }

  static ObjectNode deadLetter(String stream, int offset, String reason, String detail) {
    return JSON.createObjectNode()
        .put("type", "io.chronoscope.chunk.rejected")
        .put("id", "video.chunks/0/" + offset)
        .put("stream", stream)
        .put("reason", reason)
        .put("detail", detail)
        .put("recordTime", time(offset))
        .put("sizeBytes", 4096);
  }

  private static ObjectNode span(String type, String stream, String id, double from, double to) {
    ObjectNode record =
        JSON.createObjectNode()
            .put("type", type)
            .put("id", id)
            .put("revision", 1)
            .put("stream", stream)
            .put("start", time(from))
            .put("end", time(to))
            .put("startOffsetMs", Math.round(from * 1000))
            .put("endOffsetMs", Math.round(to * 1000));
    record
        .putObject("sampling")
        .put("framesSeen", 11)
        .put("fps", 4.0)
        .put("reason", "high activity")
        .put("lagMs", 900)
        .put("loadLevel", 0);
    return record;
  }

  static String time(double seconds) {
    String text =
        START.plusMillis(Math.round(seconds * 1000)).truncatedTo(ChronoUnit.MILLIS).toString();
    return text.contains(".") ? text : text.replace("Z", ".000Z");
  }
}
