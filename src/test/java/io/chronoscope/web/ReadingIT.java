package io.chronoscope.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.Result;
import io.chronoscope.testing.Samples;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.ResultJson;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/// What is read over HTTP: lists, single results, search, changes.
@QuarkusTest
@TestProfile(ServedWithoutModel.class)
class ReadingIT {

  @TestHTTPResource URI root;

  @Test
  void resultsAreAsOnTheirTopics() {
    Result event = Samples.event("as-published", 2, "dock/1 ☃");
    ServedWithoutModel.INDEX.publish(event);
    Http http = new Http(root);

    JsonNode published =
        Http.parse(new String(Json.bytes(ResultJson.write(event)), StandardCharsets.UTF_8));
    assertThat(http.json("/api/events/as-published")).isEqualTo(published);
    assertThat(http.json("/api/streams/dock%2F1%20%E2%98%83/events").at("/items/0"))
        .isEqualTo(published);
    assertThat(http.json("/api/streams/dock%2F1%20%E2%98%83").at("/events").asLong()).isOne();
  }

  @Test
  void pagesHoldEveryResultOnce() {
    ServedWithoutModel.INDEX.publish(
        IntStream.range(0, 25)
            .mapToObj(i -> Samples.event("page-%02d".formatted(i), 1, "paged"))
            .toArray(Result[]::new));
    Http http = new Http(root);

    List<String> ids = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      JsonNode page =
          http.json(
              "/api/streams/paged/events?limit=10" + cursor.map(c -> "&cursor=" + c).orElse(""));
      page.get("items").forEach(item -> ids.add(item.get("id").asText()));
      cursor = Optional.ofNullable(page.get("next")).map(JsonNode::asText);
    } while (cursor.isPresent());

    assertThat(ids)
        .containsExactlyElementsOf(
            IntStream.range(0, 25).mapToObj("page-%02d"::formatted).toList());
  }

  @Test
  void aListThatTheClientHasIsNotSentAgain() {
    ServedWithoutModel.INDEX.publish(Samples.event("tagged", 1, "tagged"));
    Http http = new Http(root);
    HttpResponse<String> first = http.get("/api/streams/tagged/events");
    String tag = first.headers().firstValue("ETag").orElseThrow();

    assertThat(http.get("/api/streams/tagged/events", "If-None-Match", tag).statusCode())
        .isEqualTo(304);
    ServedWithoutModel.INDEX.publish(Samples.event("tagged", 2, "tagged"));
    assertThat(http.get("/api/streams/tagged/events", "If-None-Match", tag).statusCode())
        .isEqualTo(200);
  }

  @Test
  void searchSaysWhatItFoundAndWhereItPlays() {
    ServedWithoutModel.INDEX.publish(Samples.event("searched", 1, "search me"));
    Http http = new Http(root);

    JsonNode hit = http.json("/api/search?q=circle&stream=search%20me").at("/items/0");

    assertThat(hit.at("/result/id").asText()).isEqualTo("searched");
    assertThat(
            StreamSupport.stream(hit.get("text").spliterator(), false)
                .filter(fragment -> fragment.get("match").asBoolean())
                .map(fragment -> fragment.get("text").asText()))
        .containsExactly("circle");
    assertThat(hit.get("clip").asText()).startsWith("/api/streams/search%20me/clip?from=");
    assertThat(http.json("/api/search?q=elephant&stream=search%20me").get("nothingFound").asText())
        .isNotBlank();
  }

  @Test
  void aReconnectMissesNothing() throws IOException {
    Http http = new Http(root);
    String position;
    try (InputStream first = http.stream("/api/updates?stream=followed").body()) {
      BufferedReader lines = reader(first);
      assertThat(next(lines)).contains("event:ready");
      ServedWithoutModel.INDEX.publish(Samples.event("first", 1, "followed"));
      String record = next(lines, "record");
      assertThat(record).contains("\"id\":\"first\"");
      position = record.lines().filter(line -> line.startsWith("id:")).findFirst().orElseThrow();
      assertThat(next(lines, "stream")).contains("\"id\":\"followed\"");
    }
    ServedWithoutModel.INDEX.publish(
        Samples.event("other", 1, "another stream"), Samples.event("second", 1, "followed"));

    try (InputStream again =
        http.stream("/api/updates?stream=followed", "Last-Event-ID", position.substring(3).strip())
            .body()) {
      BufferedReader lines = reader(again);
      assertThat(next(lines)).contains("event:ready");
      assertThat(next(lines, "record")).contains("\"id\":\"second\"");
    }
    try (InputStream unknown =
        http.stream("/api/updates", "Last-Event-ID", "of another server").body()) {
      BufferedReader lines = reader(unknown);
      assertThat(next(lines, "reset")).contains("id:");
    }
  }

  @Test
  void nothingButOwnContentIsAllowedInABrowser() {
    HttpResponse<String> response = new Http(root).get("/api/streams");

    assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'", "script-src 'self'")
        .doesNotContain("unsafe");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  private static BufferedReader reader(InputStream stream) {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  private static String next(BufferedReader lines, String name) throws IOException {
    String event = next(lines);
    while (!event.contains("event:" + name + "\n")) {
      event = next(lines);
    }
    return event;
  }

  private static String next(BufferedReader lines) throws IOException {
    StringBuilder event = new StringBuilder();
    String line = lines.readLine();
    while (line != null && !line.isEmpty()) {
      event.append(line.replaceFirst("^(\\w+): ", "$1:")).append('\n');
      line = lines.readLine();
    }
    if (line == null) {
      throw new IOException("the stream ended");
    }
    return event.toString();
  }
}
