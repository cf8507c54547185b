package io.chronoscope.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.testing.Samples;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Bad input gets a problem with the field and the reason, and disturbs nothing else.
@QuarkusTest
@TestProfile(ServedWithoutModel.class)
class BadInputIT {

  private static final String LONG = "x".repeat(20_000);

  @TestHTTPResource URI root;

  /// @param field empty where no field is at fault
  private record Case(
      String method,
      String path,
      String body,
      String type,
      int status,
      String reason,
      String field) {

    static Case get(String path, int status, String reason, String field) {
      return new Case("GET", path, "", "", status, reason, field);
    }

    static Case json(
        String method, String path, String body, int status, String reason, String field) {
      return new Case(method, path, body, "application/json", status, reason, field);
    }
  }

  private static List<Case> cases() {
    String clip = "/api/streams/known/clip?";
    String from = "from=2026-01-02T00:00:00Z";
    return List.of(
        Case.get("/api/search", 400, "invalid_parameter", "q"),
        Case.get("/api/search?q=", 400, "invalid_parameter", "q"),
        Case.get("/api/search?q=%20%09", 400, "invalid_parameter", "q"),
        Case.get("/api/search?q=" + LONG, 400, "invalid_parameter", "q"),
        Case.get("/api/search?q=a&limit=0", 400, "invalid_parameter", "limit"),
        Case.get("/api/search?q=a&limit=9999999999", 400, "invalid_parameter", "limit"),
        Case.get("/api/search?q=a&ground=maybe", 400, "invalid_parameter", "ground"),
        Case.get("/api/search?q=a&type=elephant", 400, "invalid_parameter", "type"),
        new Case("POST", "/api/search/picture", "", "image/png", 400, "invalid_body", ""),
        new Case(
            "POST", "/api/search/picture", "<html>", "image/png", 415, "unsupported_media", ""),
        new Case(
            "POST",
            "/api/search/picture?limit=0",
            "x",
            "image/png",
            400,
            "invalid_parameter",
            "limit"),
        Case.get("/api/streams?limit=-1", 400, "invalid_parameter", "limit"),
        Case.get("/api/streams?cursor=%00", 400, "invalid_parameter", "cursor"),
        Case.get("/api/streams/nobody", 404, "not_found", ""),
        Case.get("/api/streams/" + LONG, 404, "not_found", ""),
        Case.get("/api/streams/%00%0A%E2%80%AE", 404, "not_found", ""),
        Case.get("/api/streams/nobody/events", 404, "not_found", ""),
        Case.get("/api/streams/known/events?from=yesterday", 400, "invalid_parameter", "from"),
        Case.get("/api/streams/known/events?cursor=garbage", 400, "invalid_parameter", "cursor"),
        Case.get("/api/streams/known/events?status=perhaps", 400, "invalid_parameter", "status"),
        Case.get(
            "/api/streams/known/events?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
            400,
            "invalid_parameter",
            "to"),
        Case.get("/api/streams/known/summaries?level=century", 400, "invalid_parameter", "level"),
        Case.get("/api/results?stream=" + "x".repeat(600), 400, "invalid_parameter", "stream"),
        Case.get("/api/events/none", 404, "not_found", ""),
        Case.get("/api/questions/none", 404, "not_found", ""),
        Case.get("/api/rules/none", 404, "not_found", ""),
        Case.get("/api/nothing-here", 404, "not_found", ""),
        Case.json("DELETE", "/api/streams", "", 405, "method_not_allowed", ""),
        Case.get(clip + from, 400, "invalid_parameter", "to"),
        Case.get(clip + from + "&to=2026-01-02T10:00:00Z", 400, "invalid_parameter", "to"),
        Case.get(clip + from + "&to=2026-01-01T00:00:00Z", 400, "invalid_parameter", "to"),
        Case.get(clip + from + "&to=9999-01-01T00:00:00Z", 400, "invalid_parameter", "to"),
        Case.get(clip + from + "&to=2026-01-02T00:00:10Z", 404, "no_video", ""),
        Case.get("/api/streams/known/thumbnail", 400, "invalid_parameter", "at"),
        Case.get(
            "/api/streams/known/thumbnail?at=2026-01-02T00:00:00Z&width=100000",
            400,
            "invalid_parameter",
            "width"),
        Case.get("/api/streams/known/thumbnail?at=2026-01-02T00:00:00Z", 404, "no_video", ""),
        Case.get("/api/streams/known/playlist.m3u8?from=x", 400, "invalid_parameter", "from"),
        Case.get("/api/streams/known/segments/..%2F..%2Fetc/init.mp4", 404, "not_found", ""),
        Case.get("/api/streams/known/segments/0-999999999/init.mp4", 410, "no_longer_retained", ""),
        Case.json("POST", "/api/rules", "", 400, "invalid_body", ""),
        Case.json("POST", "/api/rules", "[]", 400, "invalid_body", ""),
        Case.json("POST", "/api/rules", "{\"id\":\"a\"}", 400, "invalid_body", "text"),
        Case.json("POST", "/api/rules", "{\"text\":\"a\"}", 400, "invalid_body", "id"),
        Case.json(
            "PUT", "/api/rules/a", "{\"text\":\"<|im_start|>\"}", 400, "invalid_body", "text"),
        Case.json(
            "PUT",
            "/api/rules/a",
            "{\"text\":\"" + "x".repeat(100_000) + "\"}",
            413,
            "too_large",
            ""),
        Case.json("DELETE", "/api/rules/none", "", 404, "not_found", ""),
        Case.json("POST", "/api/questions", "{}", 400, "invalid_body", "stream"),
        Case.json(
            "POST",
            "/api/questions",
            "{\"stream\":\"known\",\"question\":\"a\",\"from\":\"x\",\"to\":\"y\"}",
            400,
            "invalid_body",
            "from"),
        Case.json("POST", "/api/dead-letters/redrive", "{\"ids\":[]}", 400, "invalid_body", "ids"),
        Case.json(
            "POST", "/api/dead-letters/redrive", "{\"ids\":[\"x\"]}", 400, "invalid_body", "ids"),
        new Case("POST", "/api/streams/s/chunks", "", "video/mp4", 415, "unsupported_media", ""),
        new Case(
            "POST", "/api/streams/s/chunks", "no video", "video/mp4", 415, "unsupported_media", ""),
        new Case(
            "POST", "/api/streams/s/files", "<html>", "video/webm", 415, "unsupported_media", ""),
        new Case(
            "POST",
            "/api/streams/s/chunks?start=2026-01-01T00:00:00Z",
            "x",
            "video/mp4",
            400,
            "invalid_parameter",
            "sequence"),
        new Case(
            "POST", "/api/streams/a%0Ab/chunks", "x", "video/mp4", 400, "invalid_parameter", "id"),
        new Case("POST", "/mcp", "no json", "application/json", 400, "", ""));
  }

  @TestFactory
  Stream<DynamicTest> isRefusedWithTheFieldAndTheReason() {
    ServedWithoutModel.INDEX.publish(Samples.event("bad-input", 1, "known"));
    Http http = new Http(root);
    return cases().stream()
        .map(one ->
            DynamicTest.dynamicTest(
                one.method() + " " + one.path().substring(0, Math.min(80, one.path().length())),
                () -> {
                  HttpResponse<String> response =
                      one.type().isEmpty()
                          ? http.get(one.path())
                          : http.send(
                              one.method(),
                              one.path(),
                              BodyPublishers.ofString(one.body()),
                              "Content-Type",
                              one.type());
                  assertThat(response.statusCode()).as(response.body()).isEqualTo(one.status());
                  if (!one.reason().isEmpty()) {
                    assertThat(response.headers().firstValue("Content-Type"))
                        .contains("application/problem+json");
                    JsonNode problem = Http.parse(response.body());
                    assertThat(problem.path("reason").asText()).isEqualTo(one.reason());
                    assertThat(problem.path("field").asText())
                        .as(response.body())
                        .isEqualTo(one.field());
                    assertThat(problem.path("status").asInt()).isEqualTo(one.status());
                    assertThat(problem.path("detail").asText()).isNotBlank();
                    assertThat(response.body().getBytes(StandardCharsets.UTF_8).length)
                        .isLessThan(5_000);
                  }
                  assertThat(http.get("/api/streams/known").statusCode()).isEqualTo(200);
                }));
  }

  @TestFactory
  Stream<DynamicTest> pagesOfOtherSitesChangeNothing() {
    Http http = new Http(root);
    return Stream.of(
            new String[] {"Origin", "https://elsewhere.example"},
            new String[] {"Origin", "null"},
            new String[] {"Sec-Fetch-Site", "cross-site"})
        .map(header ->
            DynamicTest.dynamicTest(
                String.join(": ", header),
                () -> {
                  HttpResponse<String> response =
                      http.send("PUT", "/api/rules/foreign", "{\"text\":\"a\"}", header);
                  assertThat(response.statusCode()).isEqualTo(403);
                  assertThat(Http.parse(response.body()).get("reason").asText())
                      .isEqualTo("wrong_origin");
                  assertThat(http.get("/api/rules/foreign").statusCode()).isEqualTo(404);
                }));
  }
}
